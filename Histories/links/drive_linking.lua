local function main(id)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local workflow, err = spawner:spawn_monitored("app:linking_workflow", "app:worker")
	if err then
		return nil, err
	end
	return events:receive().result.value
end

return { main = main }
