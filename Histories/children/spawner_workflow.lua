-- Starts children side by side and waits for all of them to exit.

local function main(input)
	local events = process.events()
	local pids = {}
	for i = 1, input.children do
		local spawner = process.with_options({["workflow.id"] = input.prefix .. "-" .. i})
		local pid, err = spawner:spawn("app:child_workflow", "children", {value = i, delay = (2 * i) .. "s"})
		if err then
			return nil, err
		end
		table.insert(pids, pid)
	end

	local total = 0
	for _ = 1, #pids do
		local event = events:receive()
		if event.kind == process.event.EXIT then
			total = total + event.result.value.doubled
		end
	end
	return {total = total, children = #pids}
end

return main
