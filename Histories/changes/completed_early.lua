-- Changed after recording: it returns before the sleep.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	return text
end

return main
