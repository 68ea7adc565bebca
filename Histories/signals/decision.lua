local function record(decision)
	return decision.by .. " is number " .. decision.count
end

return { record = record }
