local function main(input)
	return nil, errors.new({message = "no " .. input.name, kind = errors.NOT_FOUND, retryable = false})
end

return main
