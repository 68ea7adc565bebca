-- Fails at once, on purpose.

local function main(name)
	return nil, "I do not know " .. name
end

return main
