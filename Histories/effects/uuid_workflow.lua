-- Ids that are made up once and recorded.

local uuid = require("uuid")

local function main(input)
	local ids, seen = {}, {}
	for _ = 1, input.count do
		local id, err = uuid.v4()
		if err then
			return nil, err
		end
		seen[id] = true
		table.insert(ids, id)
	end
	local distinct = 0
	for _ in pairs(seen) do
		distinct = distinct + 1
	end
	return {ids = ids, distinct = distinct}
end

return main
