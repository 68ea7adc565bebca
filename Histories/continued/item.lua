local function process(item)
	return {processed = item.number}
end

return { process = process }
