-- Changed after recording: another child is started.

local workflow = require("workflow")

local function main(name)
	return (workflow.exec("app:cousin", name))
end

return main
