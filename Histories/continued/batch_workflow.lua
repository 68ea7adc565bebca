-- Works through a list a few items at a time, each run continuing where the last one stopped.

local funcs = require("funcs")
local time = require("time")

local function main(state)
	local done = state.done or 0
	local stop = math.min(done + state.per_run, state.total)
	while done < stop do
		done = done + 1
		local _, err = funcs.call("app:process_item", {number = done})
		if err then
			return nil, err
		end
	end
	if done < state.total then
		time.sleep("2s")
		process.upgrade("app:batch_workflow", {done = done, per_run = state.per_run, total = state.total})
	end
	return {done = done}
end

return main
