-- Before the change: the activity gets another argument, which no SDK looks at.

local funcs = require("funcs")

local function main(name)
	return (funcs.call("app:greet", name))
end

return main
