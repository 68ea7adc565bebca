-- Returns the first message that it gets.

local function main()
	local message = process.inbox():receive()
	local payload = message:payload()
	return {topic = message:topic(), data = payload and payload:data()}
end

return main
