-- Starts a workflow with values in its context.

local function main(id, workflow, ...)
	local events = process.events()
	local spawner = process.with_context({user = "ann", tenant = "t-1", level = 3, tags = {"a", "b"}})
		:with_options({["workflow.id"] = id})
	local pid, err = spawner:spawn_monitored(workflow, "app:worker", ...)
	if err then
		return nil, err
	end
	return events:receive().result.value
end

return { main = main }
