local time = require("time")

local function main(input)
	local steps = {}
	for step = 1, input.steps do
		time.sleep(input.delay)
		table.insert(steps, step)
	end
	return {steps = steps}
end

return main
