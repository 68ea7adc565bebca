-- Side effects in children.

local workflow = require("workflow")

local function main(input)
	local sealed, err = workflow.exec("app:crypto_workflow", {message = input.message})
	if err then
		return nil, err
	end
	local made
	made, err = workflow.exec("app:uuid_workflow", {count = 2})
	if err then
		return nil, err
	end
	return {aes = sealed.aes, chacha = sealed.chacha, distinct = made.distinct}
end

return main
