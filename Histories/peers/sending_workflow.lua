-- Sends to another workflow, which may not be there.

local function main(input)
	local ok, err = process.send(input.target, input.topic, input.data)
	return {
		ok = ok,
		error = err and {kind = err:kind(), retryable = err:retryable(), message = tostring(err)}
	}
end

return main
