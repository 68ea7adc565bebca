-- Changed after recording: it does not load any more.

local funcs = require("funcs")

local function main(name)
	if name than
		return (funcs.call("app:greet", name))
	end
end

return main
