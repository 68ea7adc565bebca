-- Waits for a long time, and cleans up when its cancellation is requested.

local funcs = require("funcs")
local time = require("time")

local function main(input)
	local events = process.events()
	local timeout = time.after(input.timeout or "1h")
	local result = channel.select{events:case_receive(), timeout:case_receive()}
	if result.channel == timeout then
		return {status = "expired"}
	end
	if result.value.kind ~= process.event.CANCEL then
		return nil, "unexpected event " .. result.value.kind
	end
	local cleaned, err = funcs.call("app:clean_up", input.resource)
	if err then
		return nil, err
	end
	return {status = "cancelled", cleaned = cleaned}
end

return main
