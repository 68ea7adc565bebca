-- Before the change: another child is started.

local workflow = require("workflow")

local function main(name)
	return (workflow.exec("app:kid", name))
end

return main
