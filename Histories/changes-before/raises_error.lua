-- Before the change: an error is raised in the middle.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	return (funcs.call("app:farewell", text))
end

return main
