-- Before the change: it waits on a channel that nobody sends to.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	return (funcs.call("app:farewell", text))
end

return main
