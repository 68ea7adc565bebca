local time = require("time")

local function main(input)
	time.sleep(input.delay)
	return {message = input.message}
end

return { main = main }
