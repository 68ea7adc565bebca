-- Charges an order over HTTP, gives the customer a moment to change their mind, and confirms.

local funcs = require("funcs")
local time = require("time")

type Order = {
	id: string,
	amount: number,
	gateway: string
}

-- A gateway that is away may come back; one that says no will say no again.
local patient = funcs.new():with_options({
	["activity.start_to_close_timeout"] = "10s",
	["activity.retry_policy"] = {
		initial_interval = "100ms",
		backoff_coefficient = 1,
		maximum_attempts = 3
	}
})

local function main(order: Order)
	local payment, err = patient:call("app:charge_payment", order)
	if err then
		return { order = order.id, status = "declined", kind = err:kind(), reason = err:message() }
	end
	time.sleep("50ms")
	return { order = order.id, status = "paid", payment = payment.id }
end

return { main = main }
