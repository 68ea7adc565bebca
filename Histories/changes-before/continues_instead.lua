-- Before the change: it continues as new where it returned.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	return text
end

return main
