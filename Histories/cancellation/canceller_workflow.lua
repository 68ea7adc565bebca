-- Starts a child, asks it to stop, and reports how it ended.

local time = require("time")

local function main(input)
	local events = process.events()
	local pid, err = process.spawn("app:patient_workflow", "cancellation", {resource = input.resource})
	if err then
		return nil, err
	end
	time.sleep("20ms")
	local ok, cancel_err = process.cancel(pid)
	if not ok then
		return nil, cancel_err
	end
	local event = events:receive()
	return {kind = event.kind, result = event.result.value}
end

return main
