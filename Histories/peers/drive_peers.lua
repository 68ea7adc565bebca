-- Lets one workflow signal another.

local time = require("time")

local function main(target_id, sender_id)
	local events = process.events()

	local function spawn(id, workflow, ...)
		local pid, err = process.with_options({["workflow.id"] = id}):spawn_monitored(workflow, "app:worker", ...)
		assert(pid, err)
		return pid
	end

	local target = spawn(target_id, "app:inbox_workflow")
	time.sleep("500ms")
	local sender = spawn(sender_id, "app:sending_workflow", {target = target, topic = "hello", data = {n = 1}})
	local results = {}
	for _ = 1, 2 do
		local event = events:receive()
		results[event.from == target and "target" or "sender"] = event.result.value
	end
	return results
end

return { main = main }
