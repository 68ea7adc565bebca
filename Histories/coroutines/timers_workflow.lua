-- Timers in all their forms: after, timer with stop and reset, ticker.

local time = require("time")

local function main()
	local log = {}

	local fast = time.after("30ms")
	local slow = time.after("10s")
	local result = channel.select{slow:case_receive(), fast:case_receive()}
	table.insert(log, result.channel == fast and "fast" or "slow")

	local timer = time.timer("10s")
	table.insert(log, "stopped " .. tostring(timer:stop()))

	local ticker = time.ticker("40ms")
	for _ = 1, 3 do
		ticker:response():receive()
	end
	ticker:stop()
	table.insert(log, "ticked")

	local again = time.timer("60ms")
	again:reset("20ms")
	again:response():receive()
	table.insert(log, "reset")

	return log
end

return main
