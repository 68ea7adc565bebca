-- Timers in all their forms: after, timer with stop and reset, ticker.

local time = require("time")

local function main()
	local log = {}

	local fast = time.after("2s")
	local slow = time.after("100s")
	local result = channel.select{slow:case_receive(), fast:case_receive()}
	table.insert(log, result.channel == fast and "fast" or "slow")

	local timer = time.timer("100s")
	table.insert(log, "stopped " .. tostring(timer:stop()))

	local ticker = time.ticker("3s")
	for _ = 1, 3 do
		ticker:response():receive()
	end
	ticker:stop()
	table.insert(log, "ticked")

	local again = time.timer("60s")
	again:reset("2s")
	again:response():receive()
	table.insert(log, "reset")

	return log
end

return main
