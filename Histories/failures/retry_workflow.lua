-- How an activity's failure looks to the workflow, by the way it fails.

local funcs = require("funcs")

local function main(input)
	local executor = funcs.new():with_options({
		["activity.start_to_close_timeout"] = input.timeout or "5s",
		["activity.schedule_to_close_timeout"] = "20s",
		["activity.retry_policy"] = {
			initial_interval = "50ms",
			backoff_coefficient = 1,
			maximum_attempts = input.attempts or 2,
			non_retryable_error_types = {"Invalid"}
		}
	})
	local value, err = executor:call(input.activity or "app:unreliable", input)
	if err then
		return {kind = err:kind(), retryable = err:retryable(), message = tostring(err)}
	end
	return value
end

return main
