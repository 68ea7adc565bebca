-- Tells how an activity fails.

local funcs = require("funcs")

local function main(input)
	local executor = funcs.new():with_options({["activity.retry_policy"] = {maximum_attempts = 1}})
	local _, err = executor:call(input.activity, {message = "please"})
	if not err then
		return nil, "it did not fail"
	end
	return {
		kind = err:kind(),
		retryable = err:retryable(),
		message = err:message(),
		code = err:details() and err:details().code
	}
end

return main
