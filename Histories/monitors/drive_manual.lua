-- Monitors a workflow right after it was spawned.

local function main(id)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local workflow, err = spawner:spawn("app:long_workflow", "app:worker", {delay = "200ms"})
	if err then
		return nil, err
	end
	assert(process.monitor(workflow))
	local event = events:receive()
	return {kind = event.kind, from = event.from == workflow, value = event.result.value}
end

return { main = main }
