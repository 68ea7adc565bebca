-- Asks an activity for a greeting and sleeps on it.

local funcs = require("funcs")
local time = require("time")

local function main(name)
	local greeting, err = funcs.call("app:greet", name)
	if err then
		return nil, err
	end
	time.sleep("100ms")
	return greeting
end

return main
