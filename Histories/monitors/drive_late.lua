-- Monitors a workflow that has run for a while, and ends it.

local time = require("time")

local function main(id)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local workflow, err = spawner:spawn("app:long_workflow", "app:worker", {delay = "1h"})
	if err then
		return nil, err
	end
	time.sleep("500ms")
	assert(process.monitor(workflow))
	assert(process.terminate(workflow))
	local event = events:receive()
	return {kind = event.kind, error = event.result.error:message()}
end

return { main = main }
