-- Changed after recording: an activity is called before the first one.

local funcs = require("funcs")

local function main(name)
	funcs.call("app:welcome", name)
	return (funcs.call("app:greet", name))
end

return main
