-- Before the change: it asks for an id that the history does not have.

local funcs = require("funcs")

local function main(name)
	return (funcs.call("app:greet", name))
end

return main
