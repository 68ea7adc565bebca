-- Changed once since its first runs: tax was added. Runs that began before keep the old price.

local funcs = require("funcs")
local workflow = require("workflow")
local time = require("time")

local function main(item)
	local total, err
	if workflow.version("add-tax", -1, 1) >= 1 then
		total, err = funcs.call("app:price_with_tax", item)
	else
		total, err = funcs.call("app:price", item)
	end
	if err then
		return nil, err
	end
	time.sleep("20ms")
	if workflow.version("audit", -1, 2) >= 1 then
		funcs.call("app:audit", {item = item.name, total = total})
	end
	return {total = total}
end

return main
