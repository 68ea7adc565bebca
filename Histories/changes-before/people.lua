local function greet(name)
	return "hello " .. tostring(name)
end

local function welcome(name)
	return "welcome " .. tostring(name)
end

local function farewell(name)
	return "goodbye " .. tostring(name)
end

return { greet = greet, welcome = welcome, farewell = farewell }
