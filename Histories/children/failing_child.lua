local function main(input)
	return nil, errors.new({message = "no such thing: " .. input.name, kind = errors.NOT_FOUND, retryable = false})
end

return main
