local function main(input)
	local nothing = nil
	return nothing.field
end

return { main = main }
