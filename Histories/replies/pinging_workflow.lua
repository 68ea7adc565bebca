-- Sends to a process that is no workflow, and waits for what it sends back.

local function main(input)
	local pongs = process.listen("pong", {message = true})
	local ok, err = process.send(input.target, "ping", {from = process.pid()})
	if err then
		return nil, err
	end
	local pong = pongs:receive()
	return {ok = ok, topic = pong:topic(), known = pong:from() == input.target, data = pong:payload():data()}
end

return main
