-- Before the change: a loop never ends.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	return text
end

return main
