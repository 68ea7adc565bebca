local function main(input)
	return {message = "Hello, " .. input.name .. "!"}
end

return main
