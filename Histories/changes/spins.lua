-- Changed after recording: a loop never ends.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	while text ~= nil do
		name = text
	end
	return text
end

return main
