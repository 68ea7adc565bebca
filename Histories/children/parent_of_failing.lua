-- A child's failure arrives as an error value with its kind.

local workflow = require("workflow")

local function main(input)
	local _, err = workflow.exec("app:failing_child", input)
	if input.rethrow then
		return nil, err
	end
	return {kind = err:kind(), retryable = err:retryable(), message = tostring(err)}
end

return main
