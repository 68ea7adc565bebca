-- Before the change: it sleeps before the first activity.

local funcs = require("funcs")

local function main(name)
	return (funcs.call("app:greet", name))
end

return main
