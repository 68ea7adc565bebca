-- Learns how a workflow ended that it spawned to be told.

local time = require("time")

local function main(id, input, terminate)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local workflow, err = spawner:spawn_monitored("app:long_workflow", "app:worker", input)
	if err then
		return nil, err
	end
	if terminate then
		time.sleep("500ms")
		assert(process.terminate(workflow))
	end
	local event = events:receive()
	local failure = event.result.error
	return {
		kind = event.kind,
		from = event.from == workflow,
		value = event.result.value,
		error = failure and {kind = failure:kind(), message = failure:message()}
	}
end

return { main = main }
