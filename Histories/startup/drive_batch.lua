-- A workflow that begins with three messages. It waits a second before its first task, so that all are there.

local function main(name)
	local events = process.events()
	local spawner = process.with_options({["workflow.start_delay"] = "1s"}):with_name(name)
		:with_message("add", {amount = 2})
		:with_message("add", {amount = 1})
		:with_message("add", {amount = 4})
	local counter, err = spawner:spawn_monitored("app:counter_workflow", "app:worker", {initial = 0})
	if err then
		return nil, err
	end
	assert(process.send(counter, "finish"))
	return events:receive().result.value
end

return { main = main }
