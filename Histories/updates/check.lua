local function check(value)
	if value < 0 then
		return nil, errors.new({message = "below zero", kind = errors.INVALID, retryable = false})
	end
	return {value = value, even = value % 2 == 0}
end

return { check = check }
