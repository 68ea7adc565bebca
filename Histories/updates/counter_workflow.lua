-- A counter that is changed by updates; each is acknowledged or refused, and answered.

local funcs = require("funcs")

local function main(input)
	local counter = input.initial or 0
	local changes = process.listen("add", {message = true})
	local checks = process.listen("check", {message = true})
	local finish = process.listen("finish", {message = true})

	while true do
		local result = channel.select{
			changes:case_receive(),
			checks:case_receive(),
			finish:case_receive()
		}
		local message = result.value
		local payload = message:payload()
		local data = payload and payload:data()
		local sender = message:from()

		if result.channel == finish then
			process.send(sender, "ack")
			process.send(sender, "ok", {final = counter})
			return {counter = counter}
		elseif result.channel == checks then
			process.send(sender, "ack")
			local verdict, err = funcs.call("app:check", counter)
			if err then
				process.send(sender, "error", tostring(err))
			else
				process.send(sender, "ok", verdict)
			end
		elseif type(data) ~= "table" or type(data.amount) ~= "number" then
			process.send(sender, "nak", "amount must be a number")
		else
			process.send(sender, "ack")
			counter = counter + data.amount
			process.send(sender, "ok", {value = counter})
		end
	end
end

return main
