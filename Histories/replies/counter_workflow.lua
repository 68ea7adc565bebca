-- A counter that is changed by signals. Whoever sends one is told: ack or nak first, then ok or error.

local function main(input)
	local inbox = process.inbox()
	local count = input.initial or 0
	local changes = 0

	local function reply(message, word, ...)
		if message:from() ~= "" then
			process.send(message:from(), word, ...)
		end
	end

	local function change(message, sign)
		local amount = message:payload():data().amount
		if type(amount) ~= "number" then
			return reply(message, "nak", "the amount must be a number")
		end
		if count + sign * amount < 0 then
			return reply(message, "nak", "the counter must not be negative")
		end
		reply(message, "ack")
		count = count + sign * amount
		changes = changes + 1
		reply(message, "ok", {count = count})
	end

	while true do
		local message = inbox:receive()
		local topic = message:topic()
		if topic == "add" then
			change(message, 1)
		elseif topic == "subtract" then
			change(message, -1)
		elseif topic == "read" then
			reply(message, "ack")
			reply(message, "ok", {count = count})
		elseif topic == "break" then
			reply(message, "ack")
			reply(message, "error", "broken on request")
		elseif topic == "finish" then
			reply(message, "ack")
			reply(message, "ok", {text = "bye"})
			return {count = count, changes = changes}
		end
	end
end

return main
