-- Spawns the same name twice. The second time finds the workflow that runs, and signals it or is refused.

local function main(name, options)
	local inbox = process.inbox()
	local events = process.events()

	local function spawn(options, amount)
		return process.with_options(options):with_name(name):with_message("add", {amount = amount})
			:spawn("app:counter_workflow", "app:worker", {initial = 0})
	end

	local function answers(count)
		local words = {}
		for _ = 1, count do
			local message = inbox:receive()
			table.insert(words, message:topic())
		end
		return words
	end

	local first, err = spawn({}, 3)
	if err then
		return nil, err
	end
	local words = answers(2)
	local second, refusal = spawn(options or {}, 2)
	if second then
		assert(second == first, "another workflow")
		table.insert(words, answers(2)[2])
	end
	assert(process.monitor(first))
	assert(process.send(first, "finish"))
	return {
		words = words,
		found = second ~= nil,
		refusal = refusal and tostring(refusal),
		result = events:receive().result.value
	}
end

return { main = main }
