-- Workflows cannot link, nor watch: the calls say so.

local function main()
	local answers = {}
	for _, name in ipairs({"link", "unlink", "monitor", "unmonitor"}) do
		local ok, err = process[name]("{app:temporal_client@app:worker|another}")
		table.insert(answers, {name = name, ok = ok, kind = err:kind(), text = tostring(err)})
	end
	return answers
end

return main
