-- Changed after recording: it waits on a channel that nobody sends to.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	local answers = channel.new(0)
	answers:receive()
	return (funcs.call("app:farewell", text))
end

return main
