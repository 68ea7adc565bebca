-- Both at once: told as a monitor, and as one that is linked.

local function main(id)
	assert(process.set_options({trap_links = true}))
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local workflow, err = spawner:spawn_linked_monitored("app:long_workflow", "app:worker", {fail = "broken"})
	if err then
		return nil, err
	end
	local kinds = {}
	for _ = 1, 2 do
		local event = events:receive()
		assert(event.from == workflow and event.result.error:message() == "broken")
		table.insert(kinds, event.kind)
	end
	return kinds
end

return { main = main }
