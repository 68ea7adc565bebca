-- Takes its time, and can be told to end sooner.

local time = require("time")

local function main(input)
	if input.fail then
		return nil, errors.new({message = input.fail, kind = errors.INVALID, retryable = false})
	end
	local events = process.events()
	local deadline = time.after(input.delay)
	local result = channel.select{events:case_receive(), deadline:case_receive()}
	if result.channel == events then
		return {status = result.value.kind}
	end
	return {status = "slept"}
end

return main
