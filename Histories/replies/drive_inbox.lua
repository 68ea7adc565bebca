local time = require("time")

local function main(id, topic, data)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local inbox, err = spawner:spawn_monitored("app:inbox_workflow", "app:worker")
	if err then
		return nil, err
	end
	-- The workflow's first task is over before anything comes.
	time.sleep("500ms")
	assert(process.send(inbox, topic, data))
	return events:receive().result.value
end

return { main = main }
