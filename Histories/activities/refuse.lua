local function main(input)
	return nil, errors.new({
		message = "refused: " .. input.message,
		kind = errors.PERMISSION_DENIED,
		retryable = false,
		details = {code = "E7"}
	})
end

return { main = main }
