-- How an activity's failure looks to the workflow, by the way it fails.

local funcs = require("funcs")

local function main(input)
	local options = {
		["activity.start_to_close_timeout"] = "5s",
		["activity.schedule_to_close_timeout"] = "20s",
		["activity.retry_policy"] = {
			initial_interval = "50ms",
			backoff_coefficient = 1,
			maximum_attempts = input.attempts or 2,
			non_retryable_error_types = {"Invalid"}
		}
	}
	if input.queue then
		-- Nobody polls it: the activity never starts.
		options["activity.task_queue"] = input.queue
		options["activity.schedule_to_start_timeout"] = "300ms"
	end
	local executor = funcs.new():with_options(options)
	local value, err = executor:call(input.activity or "app:unreliable", input)
	if err then
		return {kind = err:kind(), retryable = err:retryable(), message = tostring(err)}
	end
	return value
end

return main
