-- Before the change: the signal that it sends has another name.

local function main(target)
	process.send("{app:temporal_client@app:worker|" .. target .. "}", "note", "hello")
	return "sent"
end

return main
