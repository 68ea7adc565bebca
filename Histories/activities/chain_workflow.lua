-- Each activity gets what the one before gave.

local funcs = require("funcs")

local function main(input)
	local first, err = funcs.call("app:echo", input)
	if err then
		return nil, err
	end
	local second
	second, err = funcs.call("app:process_data", {id = "7", name = first.message})
	if err then
		return nil, err
	end
	local third
	third, err = funcs.call("app:describe", second)
	if err then
		return nil, err
	end
	return {first = first, second = second, third = third}
end

return main
