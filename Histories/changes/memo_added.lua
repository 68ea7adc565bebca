-- Changed after recording: it writes a memo.

local funcs = require("funcs")
local workflow = require("workflow")

local function main(name)
	workflow.attrs({memo = {name = name}})
	return (funcs.call("app:greet", name))
end

return main
