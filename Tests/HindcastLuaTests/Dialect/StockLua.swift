import CLua
import XCTest

@testable import HindcastLua

/// Runs translations on a stock Lua 5.4, with simple stand-ins for the machine's support functions.
enum StockLua {
  /// What a chunk printed, a line each; or the error it ended in, as the last line.
  static func run(_ source: String, file: StaticString = #filePath, line: UInt = #line) -> [String] {
    do {
      return run(try LuaDialect.translate(source, chunkName: "chunk"))
    } catch {
      XCTFail("\(error)", file: file, line: line)
      return []
    }
  }

  static func run(_ translation: LuaTranslation) -> [String] {
    let arguments: [[UInt8]] = [
      translation.text, Array(translation.support.map(\.rawValue).joined(separator: ",").utf8),
      Array(LuaTypeRuntime.source.utf8), Array(LuaLoopRuntime.source.utf8),
    ]
    let output = call(harness, arguments) ?? "no Lua"
    return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Why stock Lua does not compile the text, or nil when it does.
  static func compileFault(_ text: [UInt8]) -> String? {
    guard let fault = call("return select(2, load(..., '=chunk', 't')) or ''", [text]) else { return "no Lua" }
    return fault.isEmpty ? nil : fault
  }

  /// Calls a chunk with strings and gives the string that it returns, or its error.
  private static func call(_ chunk: String, _ arguments: [[UInt8]]) -> String? {
    guard let state = luaL_newstate() else { return nil }
    defer { lua_close(state) }
    luaL_openlibs(state)
    var status = luaL_loadstring(state, chunk)
    if status == 0 {
      for argument in arguments {
        argument.withUnsafeBytes {
          _ = lua_pushlstring(state, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
      }
      status = lua_pcallk(state, Int32(arguments.count), 1, 0, 0, nil)
    }
    var length = 0
    guard let bytes = lua_tolstring(state, -1, &length) else { return nil }
    return bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
      String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
    }
  }

  private static let harness = #"""
    local text, names, types, loops = ...
    local printed = {}

    local function show(v)
      if math.type(v) == "float" and v == math.floor(v) and v - v == 0 then return string.format("%d", v) end
      return tostring(v)
    end

    local function integer(v)
      if math.type(v) == "integer" then return v end
      return math.tointeger(v < 0 and math.ceil(v) or math.floor(v))
    end

    local function bits(operate)
      return function(a, b) return operate(integer(a), b and integer(b)) end
    end

    local function make_error(e)
      return setmetatable(e, { __tostring = function() return e.message end })
    end

    local support = {
      cat = function(a, b)
        if type(a) == "table" then return getmetatable(a).__concat(a, b) end
        assert(a ~= nil and b ~= nil, "attempt to concatenate a nil value")
        return show(a) .. show(b)
      end,
      len = function(v) return #v + 0.0 end,
      unm = function(v) return -(v + 0.0) end,
      mod = function(a, b) return (a + 0.0) % b end,
      idiv = function(a, b)
        a, b = integer(a), integer(b)
        if b == 0 then error("attempt to divide by zero", 2) end
        return integer(a / b)
      end,
      band = bits(function(a, b) return a & b end), bor = bits(function(a, b) return a | b end),
      bxor = bits(function(a, b) return a ~ b end), bnot = bits(function(a) return ~a end),
      shl = bits(function(a, b) return a << b end), shr = bits(function(a, b) return a >> b end),
      select = select,
      forprep = load(loops)(),
      type = load(types)(make_error, function(pattern, s) return s:find(pattern) ~= nil end),
    }

    local arguments = {}
    for name in names:gmatch("[^,]+") do arguments[#arguments + 1] = support[name] or error("no " .. name) end
    local environment = setmetatable({
      print = function(...)
        local line = {}
        for i = 1, select("#", ...) do line[i] = show((select(i, ...))) end
        printed[#printed + 1] = table.concat(line, " ")
      end,
    }, { __index = _G })
    local chunk, fault = load(text, "=chunk", "t", environment)
    local ok = chunk ~= nil
    if ok then
      arguments[#arguments + 1] = "argument"
      ok, fault = pcall(chunk, table.unpack(arguments))
    end
    if not ok then printed[#printed + 1] = tostring(fault) end
    printed[#printed + 1] = ""
    return table.concat(printed, "\n")
    """#
}
