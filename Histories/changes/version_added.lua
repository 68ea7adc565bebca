-- Changed after recording: the change is guarded by a version, as it should be.

local funcs = require("funcs")
local workflow = require("workflow")

local function main(name)
	if workflow.version("politeness", -1, 1) == 1 then
		return (funcs.call("app:welcome", name))
	end
	return (funcs.call("app:greet", name))
end

return main
