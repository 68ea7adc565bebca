-- Before the change: it returns before the sleep.

local funcs = require("funcs")
local time = require("time")

local function main(name)
	local text = funcs.call("app:greet", name)
	time.sleep("30ms")
	return text
end

return main
