-- Signals another workflow, which may be gone.

local function main(target)
	local ok, err = process.send("{app:temporal_client@app:worker|" .. target .. "}", "note", {from = "peer"})
	if err then
		return {delivered = false, kind = err:kind(), message = tostring(err)}
	end
	return {delivered = ok}
end

return main
