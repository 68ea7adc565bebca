-- The same with an id that the options give.

local function main(id, more)
	local inbox = process.inbox()
	local events = process.events()

	local function spawn(variant, options, amount)
		options["temporal.workflow.id"] = id
		local spawner = process.with_options(options):with_message("add", {amount = amount})
		return spawner[variant](spawner, "app:counter_workflow", "app:worker", {initial = 0})
	end

	local first, err = spawn("spawn_monitored", {}, 4)
	if err then
		return nil, err
	end
	inbox:receive()
	inbox:receive()
	local second, refusal = spawn("spawn", more or {}, 1)
	if second then
		assert(second == first, "another workflow")
		inbox:receive()
		inbox:receive()
	end
	assert(process.send(first, "finish"))
	return {
		found = second ~= nil,
		refused = refusal ~= nil and tostring(refusal) ~= "",
		result = events:receive().result.value
	}
end

return { main = main }
