local json = require("json")

local function charge(order)
	if order.amount > 1000 then
		return nil, errors.new({
			message = "card declined: limit exceeded",
			kind = errors.PERMISSION_DENIED,
			retryable = false,
			details = {limit = 1000}
		})
	end
	local receipt = json.encode({order = order.id, amount = order.amount})
	return {transaction = "tx-" .. order.id, bytes = #receipt}
end

local function refund(order)
	if order.sku == "unrefundable" then
		return nil, errors.new({message = "the bank is closed", kind = errors.UNAVAILABLE, retryable = false})
	end
	return {transaction = "refund-" .. order.id}
end

return { charge = charge, refund = refund }
