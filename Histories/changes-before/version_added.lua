-- Before the change: the change is guarded by a version, as it should be.

local funcs = require("funcs")

local function main(name)
	return (funcs.call("app:greet", name))
end

return main
