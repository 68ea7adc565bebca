-- Asks a workflow to end.

local time = require("time")

local function main(id)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local workflow, err = spawner:spawn_monitored("app:long_workflow", "app:worker", {delay = "1h"})
	if err then
		return nil, err
	end
	time.sleep("500ms")
	assert(process.cancel(workflow, "no longer needed"))
	return events:receive().result.value
end

return { main = main }
