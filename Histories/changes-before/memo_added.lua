-- Before the change: it writes a memo.

local funcs = require("funcs")

local function main(name)
	return (funcs.call("app:greet", name))
end

return main
