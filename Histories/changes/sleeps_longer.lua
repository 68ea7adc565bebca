-- Changed after recording: it sleeps longer, which no SDK looks at.

local time = require("time")

local function main(name)
	time.sleep("300ms")
	return name
end

return main
