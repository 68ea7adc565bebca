-- Before the change: it waits for a signal at the end.

local funcs = require("funcs")

local function main(name)
	return (funcs.call("app:greet", name))
end

return main
