/// How Wippy's Lua begins a numeric `for`, written in Lua 5.4.
public enum LuaLoopRuntime {
  /// A chunk to run once for a state, with the standard library still at hand; it returns `LuaSupport.prepareFor`.
  public static let source = #"""
    local subtype, error = math.type, error
    return function(start, limit, step)
      local first, last, stride = subtype(start), subtype(limit), subtype(step)
      if first == "integer" and last == "integer" and stride == "integer" then return start, limit, step end
      if not first then error("for statement init must be a number", 2) end
      if not stride then error("for statement step must be a number", 2) end
      if not last then error("for statement limit must be a number", 2) end
      start, step = start + 0.0, step + 0.0
      return start - step + step, limit + 0.0, step
    end
    """#
}
