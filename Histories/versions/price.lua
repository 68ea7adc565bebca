local function price(item)
	return item.price * item.count
end

local function price_with_tax(item)
	return item.price * item.count * 1.25
end

local function audit(entry)
	return entry.item .. ": " .. entry.total
end

return { price = price, price_with_tax = price_with_tax, audit = audit }
