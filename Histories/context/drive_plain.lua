-- Hands on the context that it has.

local ctx = require("ctx")

local function main(id)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = id})
	local pid, err = spawner:spawn_monitored("app:context_workflow", "app:worker", "user")
	if err then
		return nil, err
	end
	return {own = ctx.get("user"), workflow = events:receive().result.value.value}
end

return { main = main }
