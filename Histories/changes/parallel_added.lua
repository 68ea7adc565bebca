-- Changed after recording: a second activity runs beside the first.

local funcs = require("funcs")

local function main(name)
	local a = funcs.async("app:greet", name)
	funcs.async("app:welcome", name)
	return a:response():receive():data()
end

return main
