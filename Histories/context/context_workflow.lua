local ctx = require("ctx")

local function main(key)
	local value, err = ctx.get(key)
	return {value = value, error = err and tostring(err), all = ctx.all()}
end

return main
