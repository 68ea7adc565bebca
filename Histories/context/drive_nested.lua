-- A function that is called with a context hands it on.

local funcs = require("funcs")

local function main(id)
	return funcs.new():with_context({user = "bob"}):call("app:drive_plain", id)
end

return { main = main }
