-- Collects whatever comes in, in order, until told to stop.

local function main()
	local inbox = process.inbox()
	local log = {}
	while true do
		local message = inbox:receive()
		local payload = message:payload()
		local data = payload and payload:data()
		if message:topic() == "stop" then
			return {count = #log, log = log}
		end
		table.insert(log, {topic = message:topic(), data = data, from = message:from()})
	end
end

return main
