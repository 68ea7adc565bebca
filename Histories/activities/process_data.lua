local function main(input)
	return {id = input.id, name = input.name, status = "processed"}
end

return { main = main }
