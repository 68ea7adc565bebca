-- A pool of coroutines takes jobs from one channel and answers on another.

local time = require("time")

local function main(input)
	local jobs = channel.new(10)
	local results = channel.new(10)

	for worker = 1, input.workers do
		coroutine.spawn(function()
			while true do
				local job, ok = jobs:receive()
				if not ok then
					return
				end
				time.sleep(20 * time.MILLISECOND)
				results:send({worker = worker, value = job * job})
			end
		end)
	end

	for job = 1, input.jobs do
		jobs:send(job)
	end
	jobs:close()

	local sum = 0
	for _ = 1, input.jobs do
		sum = sum + results:receive().value
	end
	return {sum = sum}
end

return main
