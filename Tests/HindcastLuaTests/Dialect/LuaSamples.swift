/// Programs that together show every construct of the dialect.
enum LuaSamples {
  static let all = [statements, expressions, types, workflow]

  static let statements = #"""
    local a, b = 1, 2.5
    local f = function(n) if n then return f(n - 1) else return end end
    local function g(x, ...) return select("#", ...), x end
    function h.i.j:k(l) self.m = l; return l end
    while a < b do a = a + 1 if a == 2 then break end end
    repeat local z = a until z >= b
    for i = 1, 10 do print(i) end
    for i = 10, 1, -1 do print(i) end
    for i = a, #b, f(a) do for j = i, a do print(j) end end
    for k, v in pairs(t) do goto continue print(k) ::continue:: end
    for _, v in next, t do t[v], t.x = nil, false end
    do ; local w = 1 end
    """#

  static let expressions = #"""
    local s = "a\tb\q\065" .. 'c' .. [[long
    text]] .. 1 + 2 .. x.y[z]
    local n = -a ^ -b * #c % d // e / (f - 0x1F) + 1e3
    local m = a & b | ~c ~ d << 2 >> e
    local c = not a == b and c ~= d or e <= f and g > h
    local t = { 1, 2; as = 3, ["is"] = { 4, ... }, f{ x }, g"y", h:i(1, 2):j[[z]], function(...) return ... end }
    local u = (a.b.c)(d)(e), ((f))
    print(60 * 60 * 24, -(5), (1 + 2) * a, 7 // 2, nil, true)
    """#

  static let types = #"""
    type Point = {x: number, y?: string @min_len(1), readonly z: {[string]: Array<Array<T>>}}
    type Box<T: Base> = {value: T} | nil
    type Fn = (a: T, ...U) -> (R, S?) & fun(x: V?): W[]
    type Other = keyof(Point) | Point["x"] | "lit" | 3 | typeof(a .. b) | mod.Type<X>
    type If = A extends B ? C : D
    interface Shape: Base
      function area(self: Shape, n?: number): number, string
    end
    local p: Point?, q: {number} = v as Point, w :: {a: B} ! as C
    local function gen<T, U>(x: T, y?: U, ...: V): (T, U) return x, y end
    local check = function(v): asserts v is string return v! end
    print(string(a), integer(b), nil(c), number:is(d))
    """#

  static let workflow = #"""
    local time = require("time")
    local funcs = require "funcs"
    local function main(order: {id: string, items: {string}})
      local results, failed = {}, 0
      for i, item in ipairs(order.items) do
        local result, err = funcs.call("app:charge", {id = order.id .. "-" .. i, item = item})
        if err then
          failed = failed + 1
        elseif result ~= nil then
          results[#results + 1] = result
        end
      end
      time.sleep("24h")
      return {ok = failed == 0, rate = failed / #order.items % 1, message = "done " .. #results .. " of " .. #order.items}
    end
    return {main = main}
    """#
}
