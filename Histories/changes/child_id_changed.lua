-- Changed after recording: the child gets another id.

local function main(name)
	local events = process.events()
	local spawner = process.with_options({["workflow.id"] = "child-of-" .. name})
	spawner:spawn("app:kid", "changes", name)
	return events:receive().result.value
end

return main
