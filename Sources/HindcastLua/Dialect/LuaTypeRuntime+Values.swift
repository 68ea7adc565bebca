extension LuaTypeRuntime {
  /// The type values and their methods; ends the chunk.
  static let values = #"""
    local metatable = { __metatable = false, __name = "type" }

    local function value_of(d, env, name)
      local value = setmetatable({}, metatable)
      known[value] = { d = d, env = env, name = name }
      return value
    end

    local function title(self)
      return self.name or describe(self.d)
    end

    -- The descriptor behind names and validators, generics left as they are.
    local function shape(self)
      local d, env = self.d, self.env
      for _ = 1, 128 do
        if type(d) == "table" and d.k == "annotated" then
          d = d.of
        elseif type(d) == "table" and d.k == "instantiated" then
          return d, env
        else
          local next_d, next_env = step(d, env)
          if next_d == nil then return d, env end
          d, env = next_d, next_env
        end
      end
      return d, env
    end

    local function iterate(items, env, pick)
      local i = 0
      return function()
        i = i + 1
        if items[i] == nil then return nil end
        return pick(items[i], env)
      end
    end

    local function typed_name(item, env)
      return item.n, item.t and value_of(item.t, env)
    end

    -- A method that gives the type found in one place of types of one kind.
    local function part(kind, key)
      return function(self)
        local d, env = shape(self)
        if type(d) == "table" and d.k == kind then return value_of(d[key], env) end
        return nil
      end
    end

    -- A method that gives an iterator over the parts of types of one kind.
    local function parts(kind, key, pick)
      return function(self)
        local d, env = shape(self)
        if type(d) == "table" and d.k == kind then return iterate(d[key], env, pick) end
        return nil
      end
    end

    local kinds = { interface = "unknown", literal = "unknown", foreign = "unknown" }

    local methods = {
      is = function(self, ...)
        local v = ...
        if select("#", ...) >= 2 then v = select(2, ...) end
        local fault = validate(v, self.d, self.env, "", 0)
        if not fault then return v, nil end
        local details = { expected = fault.expected, constraint = fault.constraint }
        if fault.field ~= "" then details.field = fault.field end
        if fault.got ~= "" then details.got = fault.got end
        return nil, make_error({ message = fault.message, kind = "Invalid", details = details })
      end,
      kind = function(self)
        local d = shape(self)
        return type(d) == "table" and (kinds[d.k] or d.k) or "unknown"
      end,
      name = function(self) return self.name end,
      elem = part("array", "of"),
      key = part("map", "key"),
      val = part("map", "of"),
      inner = part("optional", "of"),
      ret = function(self)
        local d, env = shape(self)
        if type(d) == "table" and d.k == "function" and d.of[1] then return value_of(d.of[1], env) end
        return nil
      end,
      fields = parts("record", "of", typed_name),
      variants = parts("union", "of", value_of),
      params = parts("function", "params", function(item, env) return value_of(item.t, env) end),
      tparams = parts("generic", "params", typed_name),
    }

    function metatable.__index(value, key)
      local self = known[value]
      local method = methods[key]
      if method then return function(...) return method(self, ...) end end
      local d, env = shape(self)
      if type(d) == "table" and d.k == "record" then
        for _, field in next, d.of do
          if field.n == key then return value_of(field.t, env) end
        end
      end
      return nil
    end

    function metatable.__newindex(value)
      error("attempt to modify type " .. title(known[value]), 2)
    end

    function metatable.__tostring(value)
      return title(known[value])
    end

    local function apply(self, ...)
      local d, env = shape(self)
      local count = select("#", ...)
      if type(d) ~= "table" or d.k ~= "generic" then error("type " .. title(self) .. " is not generic", 2) end
      if count ~= #d.params then
        error(format("generic %s expects %d type arguments, got %d", title(self), #d.params, count), 2)
      end
      local args = {}
      for i, parameter in next, d.params do
        local argument = known[(select(i, ...))]
        args[parameter.n] = { argument.d, argument.env }
      end
      return value_of(d.of, { defs = env.defs, args = args }, self.name)
    end

    function metatable.__call(value, ...)
      local self, count, types = known[value], select("#", ...), 0
      if count == 0 then error("type " .. title(self) .. " expects at least 1 argument", 2) end
      for i = 1, count do
        local argument = select(i, ...)
        if argument ~= nil and known[argument] then types = types + 1 end
      end
      if types == count then return apply(self, ...) end
      if types > 0 then error("type " .. title(self) .. " does not accept mixed type/value arguments", 2) end
      if count ~= 1 then error(format("type %s validation expects 1 value, got %d", title(self), count), 2) end
      local v = ...
      if validate(v, self.d, self.env, "", 0) then error("expected " .. title(self) .. ", got " .. name_of(v), 2) end
      return v
    end

    local shared = {}
    for name in next, builtin do shared[name] = value_of(name, { defs = {} }, name) end

    local function values(definitions, environment, name, ...)
      if name == nil then return end
      return shared[name] or value_of(name, environment, name), values(definitions, environment, ...)
    end

    return function(definitions, ...)
      return values(definitions, { defs = definitions }, ...)
    end

    """#
}
