local function send(message)
	return "sent " .. message.tracking
end

return { send = send }
