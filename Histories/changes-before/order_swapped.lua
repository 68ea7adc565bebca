-- Before the change: two activities start the other way round.

local funcs = require("funcs")

local function main(name)
	local a = funcs.async("app:greet", name)
	local b = funcs.async("app:farewell", name)
	return {a:response():receive():data(), b:response():receive():data()}
end

return main
