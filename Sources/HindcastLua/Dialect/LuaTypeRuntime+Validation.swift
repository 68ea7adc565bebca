extension LuaTypeRuntime {
  /// Whether a value fits a descriptor, and what is wrong with it.
  static let validation = #"""
    local function failure(path, expected, got, message, constraint)
      message = message or "expected " .. expected .. ", got " .. got
      if path ~= "" then message = path .. ": " .. message end
      return { field = path, expected = expected, got = got, message = message, constraint = constraint }
    end

    local function length(v)
      if type(v) == "table" then return rawlen(v) end
      return #show(v)
    end

    -- Each gives nil, or what is wrong.
    local validators = {
      min = function(v, limit) if type(v) == "number" and v < limit then return "value below minimum" end end,
      max = function(v, limit) if type(v) == "number" and v > limit then return "value above maximum" end end,
      min_len = function(v, limit) if limit >= 0 and length(v) < floor(limit) then return "length below minimum" end end,
      max_len = function(v, limit) if limit >= 0 and length(v) > floor(limit) then return "length above maximum" end end,
    }

    local function pattern_fault(v, pattern)
      if type(pattern) ~= "string" then return "invalid pattern argument" end
      if match and type(v) ~= "table" and not match(pattern, show(v)) then return "pattern mismatch" end
    end

    local validate

    local function annotated(v, d, env, path, level)
      local fault = validate(v, d.of, env, path, level)
      if fault then return fault end
      for _, annotation in next, d.by do
        local message
        if annotation.n == "pattern" then
          message = pattern_fault(v, annotation.v)
        elseif validators[annotation.n] then
          message = validators[annotation.n](v, type(annotation.v) == "number" and annotation.v or 0)
        end
        if message then return failure(path, show(annotation.v or ""), show(v), message, annotation.n) end
      end
    end

    local function array(v, d, env, path, level)
      if type(v) ~= "table" then return failure(path, describe(d), name_of(v)) end
      for i = 1, rawlen(v) do
        local element = rawget(v, i)
        if element ~= nil then
          local fault = validate(element, d.of, env, path .. "[" .. i .. "]", level)
          if fault then return fault end
        end
      end
    end

    local numeric_keys = { number = true, integer = true, any = true }

    local function map(v, d, env, path, level)
      if type(v) ~= "table" then return failure(path, describe(d), name_of(v)) end
      local key = resolve(d.key, env)
      local key_kind = type(key) == "table" and key.k or "ref"
      local elements = rawlen(v)
      for k, item in next, v do
        local where
        if type(k) == "string" then
          if key_kind == "string" then where = path .. "." .. k end
        elseif subtype(k) == "integer" and k >= 1 and k <= elements then
          if numeric_keys[key_kind] then where = path .. "[" .. k .. "]" end
        else
          if validate(k, d.key, env, path, level) then return failure(path .. "[key]", describe(d.key), name_of(k)) end
          where = path .. "[" .. show(k) .. "]"
        end
        local fault = where and validate(item, d.of, env, where, level)
        if fault then return fault end
      end
    end

    local function record(v, d, env, path, level)
      if type(v) ~= "table" then return failure(path, describe(d), name_of(v)) end
      for _, field in next, d.of do
        local item = rawget(v, field.n)
        if not (item == nil and field.optional) then
          local where = path == "" and field.n or path .. "." .. field.n
          local fault = validate(item, field.t, env, where, level)
          if fault then
            return item == nil and failure(where, describe(field.t), "nil", "required field missing") or fault
          end
        end
      end
    end

    local function union(v, d, env, path, level)
      for _, member in next, d.of do
        if not validate(v, member, env, path, level) then return nil end
      end
      return failure(path, describe(d), name_of(v))
    end

    local function intersection(v, d, env, path, level)
      for _, member in next, d.of do
        local fault = validate(v, member, env, path, level)
        if fault then return fault end
      end
    end

    local function anything() end

    local function of_type(name, expected)
      return function(v, _, _, path)
        if type(v) ~= name or known[v] then return failure(path, expected or name, name_of(v)) end
      end
    end

    local checks = {
      any = anything, unknown = anything, foreign = anything,
      number = of_type("number"), string = of_type("string"), boolean = of_type("boolean"),
      ["function"] = of_type("function"), interface = of_type("table"),
      ["nil"] = function(v, _, _, path) if v ~= nil then return failure(path, "nil", name_of(v)) end end,
      integer = function(v, _, _, path)
        if type(v) ~= "number" or v ~= floor(v) or v - v ~= 0 then return failure(path, "integer", name_of(v)) end
      end,
      optional = function(v, d, env, path, level) if v ~= nil then return validate(v, d.of, env, path, level) end end,
      literal = function(v, d, _, path)
        if type(v) ~= type(d.v) or v ~= d.v then return failure(path, describe(d), name_of(v)) end
      end,
      union = union, intersection = intersection, array = array, map = map, record = record, annotated = annotated,
    }

    function validate(v, d, env, path, level)
      if level > DEPTH then return failure(path, "type", "recursion limit exceeded") end
      d, env = resolve(d, env)
      if type(d) == "string" then return failure(path, d, "", "unresolved type " .. d) end
      local check = checks[d.k]
      if check then return check(v, d, env, path, level + 1) end
      return failure(path, describe(d), name_of(v))
    end

    """#
}
