-- Lets a workflow send where nobody is.

local function main(id, target)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local _, err = spawner:spawn_monitored("app:sending_workflow", "app:worker", {target = target, topic = "hello"})
	if err then
		return nil, err
	end
	return events:receive().result.value
end

return { main = main }
