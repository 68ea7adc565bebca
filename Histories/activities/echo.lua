local function main(input)
	return {message = input.message}
end

return { main = main }
