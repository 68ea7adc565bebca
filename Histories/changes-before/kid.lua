local function main(name)
	return "kid " .. tostring(name)
end

return main
