-- A linked workflow that fails takes along whoever does not trap links.

local time = require("time")

local function main(id, traps)
	assert(process.set_options({trap_links = traps}))
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local workflow, err = spawner:spawn("app:long_workflow", "app:worker", {delay = "1h"})
	if err then
		return nil, err
	end
	time.sleep("500ms")
	assert(process.link(workflow))
	assert(process.terminate(workflow))
	local event = events:receive()
	return {kind = event.kind, from = event.from == workflow, error = event.result.error:message()}
end

return { main = main }
