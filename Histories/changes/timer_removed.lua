-- Changed after recording: the sleep between two activities is gone.

local funcs = require("funcs")

local function main(name)
	funcs.call("app:greet", name)
	return (funcs.call("app:farewell", name))
end

return main
