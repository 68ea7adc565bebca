-- A process as an activity.

local function main(input)
	return {entry = process.id(), input = input}
end

return { main = main }
