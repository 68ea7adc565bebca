-- Changed after recording: another activity is called.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:welcome", name)
	return text
end

return main
