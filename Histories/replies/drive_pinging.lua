-- Answers the ping of a workflow. It must run in the process of the worker, or the ping finds nobody.

local function main(id)
	local inbox = process.inbox()
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local pinging, err = spawner:spawn_monitored("app:pinging_workflow", "app:worker", {target = process.pid()})
	if err then
		return nil, err
	end
	local ping = inbox:receive()
	assert(ping:from() == pinging and ping:payload():data().from == pinging)
	assert(process.send(pinging, "pong", {n = 1}))
	return events:receive().result.value
end

return { main = main }
