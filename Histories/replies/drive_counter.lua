-- Changes a counter and expects an answer to each message.

local time = require("time")

local function main(id)
	local inbox = process.inbox()
	local events = process.events()
	local spawner = process.with_options({["temporal.workflow.id"] = id})
	local counter, err = spawner:spawn_monitored("app:counter_workflow", "app:worker", {initial = 2})
	if err then
		return nil, err
	end
	-- The workflow's first task is over before anything comes.
	time.sleep("500ms")

	local function answer()
		local deadline = time.after("10s")
		local result = channel.select{inbox:case_receive(), deadline:case_receive()}
		if result.channel == deadline then
			error("no answer came")
		end
		local message = result.value
		assert(message:from() == counter, "an answer from somebody else")
		local payload = message:payload()
		return {word = message:topic(), data = payload and payload:data()}
	end

	local answers = {}
	local function ask(topic, data, count)
		assert(process.send(counter, topic, data))
		for _ = 1, count do
			table.insert(answers, answer())
		end
	end

	ask("add", {amount = 3}, 2)
	ask("subtract", {amount = 2}, 2)
	ask("subtract", {amount = 10}, 1)
	ask("add", {amount = "much"}, 1)
	ask("read", {}, 2)
	ask("break", {}, 2)
	ask("finish", {}, 2)

	local exit = events:receive()
	return {answers = answers, result = exit.result.value, from = exit.from == counter}
end

return { main = main }
