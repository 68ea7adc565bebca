local funcs = require("funcs")

local function main(arguments)
	local total = 0
	for index = 1, arguments.count do
		local result = funcs.call("app:echo", {number = index, text = "benchmark"})
		total = total + result.number
	end
	return {sum = total}
end

return main
