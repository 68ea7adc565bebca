-- Waits for a number of approvals or a veto, until a deadline.

local funcs = require("funcs")
local time = require("time")

local function main(request)
	local approvals = process.listen("approve")
	local vetoes = process.listen("veto")
	local deadline = time.after(request.deadline or "30s")
	local seen = {}

	while #seen < request.needed do
		local result = channel.select{
			approvals:case_receive(),
			vetoes:case_receive(),
			deadline:case_receive()
		}
		if result.channel == vetoes then
			return {status = "vetoed", by = result.value.by, approvals = seen}
		elseif result.channel == deadline then
			return {status = "expired", approvals = seen}
		end
		table.insert(seen, result.value.by)
		local _, err = funcs.call("app:record_decision", {by = result.value.by, count = #seen})
		if err then
			return nil, err
		end
	end
	return {status = "approved", approvals = seen}
end

return main
