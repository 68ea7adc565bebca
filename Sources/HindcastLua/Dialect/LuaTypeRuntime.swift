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
}
