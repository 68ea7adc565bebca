local function run(resource)
	return "released " .. resource
end

return { run = run }
