local http = require("http_client")
local json = require("json")

local function charge(order)
	local response, err = http.post(order.gateway .. "/charges", {
		headers = { ["Content-Type"] = "application/json" },
		body = json.encode({ order = order.id, amount = order.amount })
	})
	if err then
		return nil, err
	end
	if response.status_code >= 500 then
		return nil, errors.new({ kind = errors.UNAVAILABLE, message = "the gateway answered " .. response.status_code, retryable = true })
	end
	if response.status_code >= 400 then
		return nil, errors.new({ kind = errors.INVALID, message = "payment declined", retryable = false })
	end
	return json.decode(response.body)
end

return { charge = charge }
