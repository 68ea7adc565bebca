-- Changed after recording: it sleeps before the first activity.

local funcs = require("funcs")
local time = require("time")

local function main(name)
	time.sleep("30ms")
	return (funcs.call("app:greet", name))
end

return main
