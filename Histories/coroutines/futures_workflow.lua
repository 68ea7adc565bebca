-- Activities side by side; the one that nobody needs any more is cancelled.

local funcs = require("funcs")
local time = require("time")

local function main(input)
	local futures = {}
	for i = 1, input.count do
		futures[i] = funcs.async("app:square", i)
	end
	local sum = 0
	for i = 1, input.count do
		local value, ok = futures[i]:response():receive()
		if ok then
			sum = sum + value:data()
		end
	end

	local late = funcs.async("app:slow_square", 9)
	late:cancel()
	local _, err = late:result()
	time.sleep("20ms")
	return {sum = sum, cancelled = late:is_canceled(), kind = err and err:kind()}
end

return main
