-- Runs a workflow to its end.

local function main(workflow, ...)
	local value, err = process.exec(workflow, "app:worker", ...)
	if err then
		return {error = {kind = err:kind(), retryable = err:retryable(), message = err:message()}}
	end
	return value
end

return { main = main }
