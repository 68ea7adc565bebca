-- Before the change: the sleep between two activities is gone.

local funcs = require("funcs")
local time = require("time")

local function main(name)
	funcs.call("app:greet", name)
	time.sleep("30ms")
	return (funcs.call("app:farewell", name))
end

return main
