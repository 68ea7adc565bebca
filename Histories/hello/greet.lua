local function main(name)
	return "Hello, " .. name .. "!"
end

return main
