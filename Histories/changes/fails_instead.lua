-- Changed after recording: it fails where it returned.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	return nil, "not " .. text
end

return main
