-- An order: reserve, charge, wait out the cancellation window, ship; undo what was done when a step fails.

local funcs = require("funcs")
local time = require("time")

type Order = {
	id: string,
	amount: number,
	sku: string,
	window?: string,
	address?: string
}

local retry = {
	["activity.start_to_close_timeout"] = "10s",
	["activity.retry_policy"] = {
		initial_interval = "100ms",
		backoff_coefficient = 1,
		maximum_attempts = 3
	}
}

local function compensate(undo, order)
	for i = #undo, 1, -1 do
		local _, err = funcs.call(undo[i], order)
		if err then
			return "undoing " .. undo[i] .. ": " .. tostring(err)
		end
	end
	return nil
end

local function main(order: Order)
	local steps = funcs.new():with_options(retry)
	local undo = {}

	local function abort(step, err)
		local failed = compensate(undo, order)
		return {
			order = order.id,
			status = failed and "stuck" or "cancelled",
			step = step,
			reason = tostring(err),
			stuck = failed
		}
	end

	local stock, err = steps:call("app:reserve_stock", order)
	if err then
		return abort("reserve", err)
	end
	table.insert(undo, "app:release_stock")

	local charge, charge_err = steps:call("app:charge_payment", order)
	if charge_err then
		return abort("charge", charge_err)
	end
	table.insert(undo, "app:refund_payment")

	-- The customer may still change their mind.
	time.sleep(order.window or "50ms")

	local parcel, ship_err = steps:call("app:ship_order", {
		order = order.id,
		reservation = stock.reservation,
		address = order.address
	})
	if ship_err then
		return abort("ship", ship_err)
	end

	funcs.call("app:send_email", {order = order.id, tracking = parcel.tracking})

	return {
		order = order.id,
		status = "shipped",
		transaction = charge.transaction,
		tracking = parcel.tracking
	}
end

return { main = main }
