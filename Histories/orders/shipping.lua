local function ship(request)
	if request.address == nil then
		-- A temporary-looking failure: it is tried again until the attempts are used up.
		return nil, "no address for order " .. request.order
	end
	return {tracking = "T-" .. request.order}
end

return { ship = ship }
