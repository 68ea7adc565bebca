-- Spawns a child and waits for its end.

local time = require("time")

local function main(input)
	local events = process.events()
	local child, err = process.spawn(input.child, "executions", {name = "child"})
	if err then
		return nil, err
	end
	local deadline = time.after("10s")
	local result = channel.select{events:case_receive(), deadline:case_receive()}
	if result.channel == deadline then
		return nil, "the child did not end"
	end
	local event = result.value
	local failure = event.result.error
	return {
		kind = event.kind,
		known = event.from == child,
		value = event.result.value,
		error = failure and {kind = failure:kind(), retryable = failure:retryable(), message = failure:message()}
	}
end

return main
