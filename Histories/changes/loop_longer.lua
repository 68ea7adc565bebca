-- Changed after recording: the loop runs once more.

local funcs = require("funcs")

local function main(name)
	for i = 1, 3 do
		funcs.call("app:greet", name .. i)
	end
	return "done"
end

return main
