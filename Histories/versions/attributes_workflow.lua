-- Puts what others may want to see into the memo.

local workflow = require("workflow")
local time = require("time")

local function main(input)
	workflow.attrs({memo = {stage = "started", customer = input.customer}})
	time.sleep("10ms")
	workflow.attrs({memo = {stage = "finished"}})
	local info = workflow.info()
	return {type = info.workflow_type, attempt = info.attempt}
end

return main
