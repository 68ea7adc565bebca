-- Changed after recording: the activity gets another argument, which no SDK looks at.

local funcs = require("funcs")

local function main(name)
	return (funcs.call("app:greet", string.upper(name)))
end

return main
