-- Workers take jobs from a channel and give the results to another.

local time = require("time")

local function main(input)
	local jobs, results = channel.new(input.jobs), channel.new(input.jobs)
	for worker = 1, input.workers do
		coroutine.spawn(function()
			while true do
				local job, ok = jobs:receive()
				if not ok then
					return
				end
				time.sleep((worker * 20) .. "ms")
				results:send({job = job, worker = worker})
			end
		end)
	end
	for job = 1, input.jobs do
		jobs:send(job)
	end
	jobs:close()
	local sum = 0
	for _ = 1, input.jobs do
		local result = results:receive()
		sum = sum + result.job
	end
	return {sum = sum, jobs = input.jobs}
end

return main
