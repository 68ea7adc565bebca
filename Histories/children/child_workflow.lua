local time = require("time")

local function main(input)
	time.sleep(input.delay or "10ms")
	return {doubled = input.value * 2}
end

return main
