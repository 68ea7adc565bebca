/// The type values of Wippy's Lua, written in Lua 5.4.
///
/// A type value checks its argument when called (`Point(v)` gives `v` or raises `expected Point, got …`), answers
/// `Point:is(v)` with `v, nil` or `nil, error`, and tells of its make-up (`kind`, `name`, `fields`, …).
public enum LuaTypeRuntime {
  /// A chunk to run once for a state, with the standard library still at hand.
  ///
  /// Arguments: `make_error(t)`, which makes the dialect's error value from `t.message`, `t.kind` (`"Invalid"`) and
  /// `t.details` (`field`, `expected`, `got`, `constraint`, each a string or absent); and `match(pattern, string)`, which
  /// tells whether a Go regular expression matches, for `@pattern` (nil: that validator accepts everything).
  ///
  /// Result: the support function `LuaSupport.type`, which takes a table of definitions (a descriptor by type name, see
  /// the comment on top of the chunk) and the names wanted, and gives their type values.
  public static let source: String = [
    LuaTypeRuntime.preamble, LuaTypeRuntime.resolution, LuaTypeRuntime.description, LuaTypeRuntime.validation,
    LuaTypeRuntime.values,
  ].joined()

  private static let preamble = #"""
    -- A descriptor is a type's name or a table with its kind in k:
    --   foreign n | literal v | instantiated n, of={…} | optional of | union of={…} | intersection of={…} | array of
    --   map key, of | record of={{n=, t=, optional=, readonly=}…} | function params={{n=, t=}…}, of={…} | interface
    --   annotated of, by={{n=, v=}…} | keyof of | indexed of, by | generic params={{n=, t=}…}, of
    -- An environment holds the definitions around a descriptor and what its type parameters stand for.
    local make_error, match = ...
    local type, next, rawget, rawlen, select, error, setmetatable, tostring =
      type, next, rawget, rawlen, select, error, setmetatable, tostring
    local subtype, floor, format, concat = math.type, math.floor, string.format, table.concat
    local DEPTH = 64
    local builtin = {}
    for _, name in next, { "nil", "boolean", "number", "integer", "string", "any", "unknown", "never" } do
      builtin[name] = { k = name }
    end
    local PERMISSIVE, TABLE, FUNCTION = { k = "unknown" }, { k = "interface" }, { k = "function", params = {}, of = {} }
    -- What a type value stands for, out of the reach of scripts.
    local known = setmetatable({}, { __mode = "k" })

    """#

  private static let resolution = #"""
    local resolve

    local function instantiate(d, env)
      local generic = env.defs[d.n]
      if type(generic) ~= "table" or generic.k ~= "generic" then return PERMISSIVE, env end
      local args = {}
      for i, parameter in next, generic.params do
        args[parameter.n] = { d.of[i] or "unknown", env }
      end
      return generic.of, { defs = env.defs, args = args }
    end

    local function keys_of(d, env)
      local inner = resolve(d.of, env)
      if type(inner) ~= "table" or inner.k ~= "record" then return PERMISSIVE, env end
      local members = {}
      for i, field in next, inner.of do members[i] = { k = "literal", v = field.n } end
      return { k = "union", of = members }, env
    end

    local function index_of(d, env)
      local object, within = resolve(d.of, env)
      local key = resolve(d.by, env)
      if type(object) == "table" and type(key) == "table" then
        if object.k == "array" or object.k == "map" then return object.of, within end
        if object.k == "record" then
          for _, field in next, object.of do
            if field.n == key.v then return field.t, within end
          end
        end
      end
      return PERMISSIVE, env
    end

    local function step(d, env)
      if type(d) == "string" then
        local bound = env.args and env.args[d]
        if bound then return bound[1], bound[2] end
        if builtin[d] then return builtin[d], env end
        local definition = env.defs[d]
        if definition then return definition, { defs = env.defs } end
        if d == "table" then return TABLE, env end
        if d == "function" then return FUNCTION, env end
        if d == "self" then return PERMISSIVE, env end
      elseif d.k == "instantiated" then return instantiate(d, env)
      elseif d.k == "keyof" then return keys_of(d, env)
      elseif d.k == "indexed" then return index_of(d, env)
      end
      return nil
    end

    -- Follows names to a descriptor that says something; a string is left over for a name that nothing defines.
    local depth = 0
    function resolve(d, env)
      depth = depth + 1
      for _ = 1, 128 do
        if depth > 128 then break end
        local next_d, next_env = step(d, env)
        if next_d == nil then break end
        d, env = next_d, next_env
      end
      depth = depth - 1
      return d, env
    end

    """#

  private static let description = #"""
    local function show(v)
      if subtype(v) == "float" and v == floor(v) and v > -2^63 and v < 2^63 then return format("%d", v) end
      return tostring(v)
    end

    local function name_of(v)
      if v ~= nil and known[v] then return "type" end
      return type(v)
    end

    local describe

    local function list(types, separator, level)
      local parts = {}
      for i, t in next, types do parts[i] = describe(t, level) end
      return concat(parts, separator)
    end

    local function parameters(params, level)
      local parts = {}
      for i, p in next, params do
        if p.n == "..." then parts[i] = "..." .. describe(p.t, level)
        elseif p.n == "" then parts[i] = describe(p.t, level)
        else parts[i] = p.n .. ": " .. describe(p.t, level)
        end
      end
      return concat(parts, ", ")
    end

    local describers = {
      foreign = function(d) return d.n end,
      literal = function(d) return type(d.v) == "string" and format("%q", d.v) or show(d.v) end,
      instantiated = function(d, level) return d.n .. "<" .. list(d.of, ", ", level) .. ">" end,
      optional = function(d, level) return describe(d.of, level) .. "?" end,
      union = function(d, level) return list(d.of, " | ", level) end,
      intersection = function(d, level) return list(d.of, " & ", level) end,
      array = function(d, level) return describe(d.of, level) .. "[]" end,
      map = function(d, level) return "{[" .. describe(d.key, level) .. "]: " .. describe(d.of, level) .. "}" end,
      record = function(d, level)
        local parts = {}
        for i, f in next, d.of do
          parts[i] = (f.readonly and "readonly " or "") .. f.n .. (f.optional and "?: " or ": ") .. describe(f.t, level)
        end
        return "{" .. concat(parts, ", ") .. "}"
      end,
      ["function"] = function(d, level)
        local text = "fun(" .. parameters(d.params, level) .. ")"
        if #d.of == 0 then return text end
        local returns = list(d.of, ", ", level)
        return text .. " -> " .. (#d.of == 1 and returns or "(" .. returns .. ")")
      end,
      interface = function() return "interface{...}" end,
      annotated = function(d, level) return describe(d.of, level) end,
      keyof = function(d, level) return "keyof(" .. describe(d.of, level) .. ")" end,
      indexed = function(d, level) return describe(d.of, level) .. "[" .. describe(d.by, level) .. "]" end,
      generic = function(d, level) return describe(d.of, level) end,
    }

    function describe(d, level)
      level = (level or 0) + 1
      if type(d) == "string" then return d end
      if level > 7 then return "..." end
      local describer = describers[d.k]
      return describer and describer(d, level) or d.k
    end

    """#

  private static let validation = #"""
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

  private static let values = #"""
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
