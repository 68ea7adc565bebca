-- What the workflow module can do: info, versions, children, attributes, and the length of the history.

local workflow = require("workflow")

local function main(input)
	local info = workflow.info()
	local version = workflow.version("greeting", 1, 3)
	local hello, err = workflow.exec("app:hello_workflow", {name = input.name})
	if err then
		return nil, err
	end
	local again = workflow.version("farewell", 1, 5)
	local ok, refusal = workflow.attrs({memo = {name = input.name}})
	return {
		type = info.workflow_type,
		queue = info.task_queue,
		versions = {version, again},
		message = hello.message,
		attributes = ok,
		refusal = refusal and tostring(refusal),
		length = workflow.history_length() > 5
	}
end

return main
