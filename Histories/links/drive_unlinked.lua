-- A link that was taken back again does nothing.

local time = require("time")

local function main(id)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local workflow, err = spawner:spawn("app:long_workflow", "app:worker", {delay = "1h"})
	if err then
		return nil, err
	end
	time.sleep("500ms")
	assert(process.link(workflow))
	assert(process.unlink(workflow))
	assert(process.terminate(workflow))
	local deadline = time.after("1s")
	local result = channel.select{events:case_receive(), deadline:case_receive()}
	return {told = result.channel == events}
end

return { main = main }
