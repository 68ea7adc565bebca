-- Waits for the result of an activity beside a deadline.

local funcs = require("funcs")
local time = require("time")

local function main(input)
	local future, err = funcs.async("app:slow_echo", {message = input.message, delay = "200ms"})
	if err then
		return nil, err
	end
	local deadline = time.after("5s")
	local result = channel.select{future:response():case_receive(), deadline:case_receive()}
	if result.channel == deadline then
		return nil, "no result in time"
	end
	return {message = result.value:data().message, complete = future:is_complete(), canceled = future:is_canceled()}
end

return main
