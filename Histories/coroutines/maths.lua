local function square(n)
	return n * n
end

return { square = square }
