local function main(input)
	return nil, errors.new({message = "cannot do " .. input.what, kind = errors.INVALID, retryable = false, details = {what = input.what}})
end

return main
