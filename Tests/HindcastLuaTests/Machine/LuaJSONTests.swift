import XCTest

@testable import HindcastLua

final class LuaJSONTests: XCTestCase {
  /// What `expression` becomes as JSON, or the error.
  private func json(_ rig: LuaRig, _ expression: String, exporting: Bool = false) throws -> String {
    let (thread, count) = try rig.thread(expression.hasPrefix("local") ? expression : "return " + expression)
    guard case .finished(1) = thread.resume(arguments: count) else { return "?" }
    do throws(LuaJSONError) {
      return String(decoding: try thread.json(1, exporting: exporting), as: UTF8.self)
    } catch {
      return error.message
    }
  }

  func testEncoding() throws {
    let rig = try LuaRig(memoryLimit: 1 << 20)
    for (expression, expected) in [
      ("nil", "null"), ("true", "true"), ("7", "7"), ("7.0", "7"), ("0.1", "0.1"), ("1e21", "1e+21"),
      ("1e20", "100000000000000000000"),
      ("1e-7", "1e-7"), ("1/0", "null"), ("0/0", "null"), ("{1e21}", "[1000000000000000000000]"),
      ("{1e-7, 2.5}", "[0.0000001,2.5]"),
      ("{2^53}", "[9007199254740992]"), ("9223372036854775807", "9223372036854775807"),
      ("'a\"b\\\\\\n\\t\\1'", #""a\"b\\\n\t\u0001""#),
      ("'<a>&'", #""\u003ca\u003e\u0026""#), ("'\\226\\128\\168\\226\\128\\169'", #""\u2028\u2029""#),
      ("'\\255x'", #""\ufffdx""#),
      ("'äöü😀'", "\"äöü😀\""), ("{}", "[]"), ("{1, 2, 3}", "[1,2,3]"), ("{a = 1, b = {2}}", #"{"a":1,"b":[2]}"#),
      ("{z = 1, a = 2, ['ä'] = 3, B = 4}", #"{"B":4,"a":2,"z":1,"ä":3}"#), ("{print}", "[null]"),
      ("{a = print}", #"{"a":null}"#),
      ("{[true] = 1}", #"{"true":1}"#), ("{[-1] = 'x'}", #"{"-1":"x"}"#), ("{[1.5] = 'x'}", #"{"1.5":"x"}"#),
      ("{[0] = 1}", #"{"0":1}"#),
      ("local t = {a = 1} t.a = nil return t", "{}"), ("local t = {1} t[1] = nil return t", "[]"),
      ("{1, 2, a = 3}", "cannot encode mixed-key table: table has both numeric and non-numeric keys"),
      ("{1, nil, 3}", "cannot encode sparse array: non-contiguous numeric keys found"),
      ("{[5] = 1}", "cannot encode sparse array: non-contiguous numeric keys found"),
      ("local t = {} t.t = t return t", "cannot encode recursively nested tables to JSON"),
      (
        "local t = {} for i = 1, 128 do t = {t} end return t",
        String(repeating: "[", count: 129) + String(repeating: "]", count: 129)
      ),
      ("local t = {} for i = 1, 129 do t = {t} end return t", "exceeded maximum nesting depth for JSON encoding"),
      ("local s = {1} return {s, s}", "[[1],[1]]"), ("table.freeze({a = 1})", #"{"a":1}"#),
      ("local t = {} for i = 1, 60 do t = {t, t} end return t", "the JSON text is too large"),
    ] { XCTAssertEqual(try json(rig, expression), expected, expression) }
  }

  func testUserdataAndExport() throws {
    let rig = try LuaRig()
    final class Thing { let text: String?; init(_ text: String?) { self.text = text } }
    let kind = rig.machine.makeKind("Thing", for: Thing.self)
    kind.setDescription { thing, purpose in purpose == .export && thing.text == "plain" ? nil : thing.text }
    rig.machine.setGlobalFunction("thing") { call in
      call.push(Thing(call.string(1)), kind)
      return .results(1)
    }
    for (expression, plain, exported) in [
      ("thing('error')", #""error""#, #""error""#), ("thing('plain')", #""plain""#, "null"),
      ("thing()", "null", "null"),
      ("{thing()}", "[null]", "[]"), ("{a = thing()}", #"{"a":null}"#, "{}"),
      ("{a = 1, b = thing('plain')}", #"{"a":1,"b":"plain"}"#, #"{"a":1}"#),
      ("{thing('plain'), 2}", #"["plain",2]"#, "cannot encode sparse array: non-contiguous numeric keys found"),
    ] {
      XCTAssertEqual(try json(rig, expression), plain, expression)
      XCTAssertEqual(try json(rig, expression, exporting: true), exported, expression)
    }
  }

  private func decoded(_ rig: LuaRig, _ text: String) throws -> String {
    let environment = rig.machine.makeEnvironment()
    do throws(LuaJSONError) {
      try rig.machine.pushJSON(text)
    } catch { return error.message }
    let reference = rig.machine.reference(-1)
    rig.machine.pop()
    environment.setGlobal("v") { $0.push(reference) }
    let show = """
      local function show(v)
        if type(v) ~= "table" then return (math.type(v) or type(v)):sub(1, 1) .. ":" .. tostring(v) end
        local parts = {}
        for k, item in pairs(v) do parts[#parts + 1] = tostring(k) .. "=" .. show(item) end
        return "{" .. table.concat(parts, ",") .. "}#" .. #v
      end
      return show(v)
      """
    return try rig.results(show, environment: environment).joined()
  }

  func testDecoding() throws {
    let rig = try LuaRig()
    for (text, expected) in [
      ("1", "i:1"), ("-0", "i:0"), ("1.0", "f:1"), ("1e2", "f:100"), ("-12.5", "f:-12.5"),
      ("9223372036854775808", "i:9223372036854775807"),
      ("-9223372036854775809", "i:-9223372036854775808"), ("1e999", "f:1.7976931348623157e+308"), ("null", "n:nil"),
      (" true ", "b:true"),
      (#""a\u00e9\n\ud83d\ude00\/""#, "s:aé\n😀/"), ("[1,null,3]", "{1=i:1,3=i:3}#3"), ("[]", "{}#0"), ("{}", "{}#0"),
      (#"{"b":1,"a":[true,{"x":null}]}"#, "{a={1=b:true,2={}#0}#2,b=i:1}#0"), ("1 trailing", "i:1"),
      (#"{"a":1,"a":2}"#, "duplicate object member name"), (#"{"a":null,"a":2}"#, "duplicate object member name"),
      ("", "unexpected end"), ("[1,", "unexpected end"), ("[1 2]", "expected ',' or ']'"),
      ("{1:2}", "expected a string as an object member name"),
      (#"{"a" 1}"#, "expected ':'"), ("01", "invalid number"), ("1.", "invalid number"), ("-", "invalid number"),
      ("tru", "invalid value"),
      (#""\x""#, "invalid escape sequence in a string"), (#""\ud800""#, "unpaired surrogate in a string"),
      ("\"a", "unexpected end inside a string"),
      ("\"\u{1}\"", "invalid control character in a string"), ("[1,]", "invalid character at the start of a value"),
      ("?", "invalid character at the start of a value"),
      (
        String(repeating: "[", count: 129) + String(repeating: "]", count: 129),
        String(repeating: "{1=", count: 128) + "{}#0" + String(repeating: "}#1", count: 128)
      ),
      (String(repeating: "[", count: 130), "json: maximum nesting depth exceeded"),
    ] { XCTAssertEqual(try decoded(rig, text), expected, text) }
    XCTAssertThrowsError(try rig.machine.pushJSON([0x22, 0xFF, 0x22] as [UInt8]))
    XCTAssertEqual(rig.machine.top, 0)
  }

  func testRoundTrips() throws {
    let rig = try LuaRig()
    let large = "{" + (0..<100).map { "\"k\($0 + 100)\":\($0)" }.joined(separator: ",") + "}"
    let withNulls = "{" + (0..<60).map { "\"k\($0 + 100)\":\($0 % 2 == 0 ? "null" : "1")" }.joined(separator: ",") + "}"
    for text in [
      "[]", "{}", #"{"a":{},"b":[],"c":[[],{}]}"#, large, "[" + (0..<100).map { "\($0)" }.joined(separator: ",") + "]",
      #""x""#, "1.5", #"{"id":12,"name":"Ann","price":9.99,"tags":["a","b"]}"#,
    ] {
      try rig.machine.pushJSON(text)
      XCTAssertEqual(String(decoding: try rig.machine.json(-1), as: UTF8.self), text)
      rig.machine.pop()
    }
    try rig.machine.pushJSON(withNulls)
    let expected = "{" + (0..<60).filter { $0 % 2 == 1 }.map { "\"k\($0 + 100)\":1" }.joined(separator: ",") + "}"
    XCTAssertEqual(String(decoding: try rig.machine.json(-1), as: UTF8.self), expected)
    rig.machine.pop()
    XCTAssertThrowsError(try rig.machine.pushJSON(withNulls.dropLast() + ",\"k100\":1}"))
  }
}
