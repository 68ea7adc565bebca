-- Runs children one after another and adds up what they return.

local workflow = require("workflow")

local function main(input)
	local sum = 0
	for i = 1, input.children do
		local value, err = workflow.exec("app:child_workflow", {value = i, delay = input.delay})
		if err then
			return nil, err
		end
		sum = sum + value.doubled
	end
	return {sum = sum}
end

return main
