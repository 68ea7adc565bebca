-- Before the change: another activity is called.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	return text
end

return main
