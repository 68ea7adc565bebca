-- Before the change: it no longer asks for an id.

local funcs = require("funcs")
local uuid = require("uuid")

local function main(name)
	local id = uuid.v4()
	local text = funcs.call("app:greet", name)
	return {id = id, text = text}
end

return main
