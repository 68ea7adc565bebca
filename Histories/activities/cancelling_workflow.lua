-- Takes an activity back that it has only asked for.

local funcs = require("funcs")

local function main(input)
	local future, err = funcs.async("app:slow_echo", {message = "too late", delay = "1s"})
	if err then
		return nil, err
	end
	future:cancel()
	local _, failure = future:result()
	local _, open = future:response():receive()
	return {canceled = future:is_canceled(), kind = failure:kind(), message = tostring(failure), open = open}
end

return main
