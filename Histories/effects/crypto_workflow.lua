-- Whatever is random is recorded; what follows from it is not.

local crypto = require("crypto")

local function main(input)
	local bytes = crypto.random.bytes(8)
	local text = crypto.random.string(12)
	local id = crypto.random.uuid()
	local key = string.rep("k", 32)
	local sealed = crypto.encrypt.aes(input.message, key)
	local other = crypto.encrypt.chacha20(input.message, key)
	return {
		bytes = #bytes,
		text = #text,
		id = #id,
		aes = crypto.decrypt.aes(sealed, key) == input.message,
		chacha = crypto.decrypt.chacha20(other, key) == input.message,
		mac = crypto.hmac.sha256(key, input.message)
	}
end

return main
