local function call(input)
	if input.mode == "text" then
		return nil, "it did not work"
	elseif input.mode == "kind" then
		return nil, errors.new({message = "try later", kind = errors.UNAVAILABLE})
	elseif input.mode == "invalid" then
		return nil, errors.new({message = "bad input", kind = errors.INVALID})
	elseif input.mode == "raise" then
		error("unexpected")
	end
	return {ok = true}
end

return { call = call }
