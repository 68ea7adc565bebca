-- What must not change between two replays is recorded: ids and random bytes.

local uuid = require("uuid")
local crypto = require("crypto")
local time = require("time")

local function main()
	local first = uuid.v4()
	local second = uuid.v7()
	local token = crypto.random.string(12)
	time.sleep("10ms")
	local third = uuid.v4()
	return {ids = {first, second, third}, token = token, at = time.now():unix()}
end

return main
