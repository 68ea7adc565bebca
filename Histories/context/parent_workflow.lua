-- A spawner lays values over those that the workflow has.

local ctx = require("ctx")

local function main()
	local events = process.events()
	local child, err = process.with_context({tenant = "t-2", depth = 2}):spawn("app:context_workflow", "context", "tenant")
	if err then
		return nil, err
	end
	return {own = ctx.all(), child = events:receive().result.value.all}
end

return main
