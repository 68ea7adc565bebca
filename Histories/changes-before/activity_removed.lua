-- Before the change: an activity is no longer called.

local funcs = require("funcs")
local time = require("time")

local function main(name)
	funcs.call("app:greet", name)
	time.sleep("30ms")
	return "done"
end

return main
