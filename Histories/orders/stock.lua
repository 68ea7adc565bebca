local function reserve(order)
	if order.sku == "sold-out" then
		return nil, errors.new({message = "nothing left of " .. order.sku, kind = errors.NOT_FOUND, retryable = false})
	end
	return {reservation = "r-" .. order.sku}
end

local function release(order)
	return {released = order.sku}
end

return { reserve = reserve, release = release }
