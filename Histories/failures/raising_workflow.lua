-- An error that nobody catches fails the run.

local time = require("time")

local function main(input)
	time.sleep("10ms")
	local missing = input.missing.field
	return missing
end

return main
