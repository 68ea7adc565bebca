-- Changed after recording: the update that it handles has another name.

local function main()
	local changes = process.listen("assign", {message = true})
	local message = changes:receive()
	process.send(message:from(), "ack")
	process.send(message:from(), "ok", message:payload():data())
	return message:payload():data()
end

return main
