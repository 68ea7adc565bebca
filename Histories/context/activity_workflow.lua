-- The values go on to activities, and cannot be changed on the way.

local ctx = require("ctx")
local funcs = require("funcs")

local function main()
	local seen, err = funcs.new():with_context({tenant = "another"}):call("app:read_context")
	if err then
		return nil, err
	end
	return {workflow = ctx.all(), activity = seen}
end

return main
