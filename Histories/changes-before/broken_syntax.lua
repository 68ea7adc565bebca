-- Before the change: it does not load any more.

local funcs = require("funcs")

local function main(name)
	if name then
		return (funcs.call("app:greet", name))
	end
end

return main
