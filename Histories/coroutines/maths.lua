local time = require("time")

local function square(n)
	return n * n
end

-- Takes longer for larger numbers, so that calls side by side end in a certain order.
local function unhurried_square(n)
	time.sleep(n * 200 * time.MILLISECOND)
	return n * n
end

return { square = square, unhurried_square = unhurried_square }
