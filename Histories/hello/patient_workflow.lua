-- Waits for a signal and gives back what came with it.

local function main()
	local word, ok = process.listen("word"):receive()
	if not ok then
		return nil, "nothing will come any more"
	end
	return word
end

return main
