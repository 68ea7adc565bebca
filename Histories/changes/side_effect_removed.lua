-- Changed after recording: it no longer asks for an id.

local funcs = require("funcs")

local function main(name)
	local text = funcs.call("app:greet", name)
	return {text = text}
end

return main
