import XCTest

@testable import HindcastLua

/// The modules that only compute, which workflows may use as well: `yaml`, `text`, `compress`, `json.validate`.
final class TextModuleTests: XCTestCase {
  private let rig: LuaFunctionRig = {
    var rig = LuaFunctionRig()
    rig.modules = ["json", "yaml", "text", "compress", "html", "template", "sql", "system"]
    return rig
  }()

  private func outcome(_ source: String) -> String { rig.outcome("return function(x)\n\(source)\nend") }

  // MARK: yaml

  func testYAMLIsWrittenAsGoWritesIt() {
    let cases: [(String, String)] = [
      (
        "{ a = 1, b = { c = true, d = {} }, list = { 'x', { k = 'v', w = 2 }, { 1, 2 } } }",
        """
        a: 1
        b:
            c: true
            d: {}
        list:
            - x
            - k: v
              w: 2
            - - 1
              - 2

        """
      ),
      (
        "{ s = 'yes', n = '12', e = '', t = 'true', c = 'a: b', h = '#x', q = \"it's: so\", nl = 'a\\nb', nl2 = 'a\\nb\\n' }",
        """
        c: 'a: b'
        e: ""
        h: '#x'
        "n": "12"
        nl: |-
            a
            b
        nl2: |
            a
            b
        q: 'it''s: so'
        s: "yes"
        t: "true"

        """
      ),
      (
        "{ f = 0.5, big = 1e6, int = 1000000, tab = 'a\\tb' }",
        """
        big: 1e+06
        f: 0.5
        int: 1000000
        tab: "a\\tb"

        """
      ),
      (
        "{ a10 = 1, a2 = 2, b = 3, ['1'] = 4 }",
        """
        "1": 4
        a2: 2
        a10: 1
        b: 3

        """
      ),
      (
        "{ b = 1, a = { z = 1, x = 2 }, c = 3 }, { field_order = { 'c', 'z' } }",
        """
        c: 3
        a:
          z: 1
          x: 2
        b: 1

        """
      ),
    ]
    for (arguments, expected) in cases {
      XCTAssertEqual(outcome("return (yaml.encode(\(arguments)))"), Self.json(expected), arguments)
    }
  }

  private static func json(_ text: String) -> String { String(decoding: GoValue.string(text).json, as: UTF8.self) }

  func testYAMLIsRead() {
    let cases: [(String, String)] = [
      ("a: 1\\nb: [x, 2.5, true, null, ~]\\nc: {d: yes}", #"{"a":1,"b":["x",2.5,true],"c":{"d":"yes"}}"#),
      ("- &x {k: v}\\n- *x", #"[{"k":"v"},{"k":"v"}]"#), ("just text", #""just text""#),
      ("a: 1\\na: 2", #"Internal!: yaml: line 2: key 'a' is already set at line 1"#),
    ]
    for (text, expected) in cases { XCTAssertEqual(outcome("return yaml.decode('\(text)')"), expected, text) }
    XCTAssertTrue(outcome("return yaml.decode('a: [1')").hasPrefix("Internal!: yaml: line "))
    for (call, expected) in [
      ("yaml.encode('x')", "Invalid!: table expected"), ("yaml.decode(1)", "Invalid!: string expected"),
      ("yaml.decode('')", "Invalid!: input cannot be empty"),
    ] { XCTAssertEqual(outcome("return \(call)"), expected) }
    XCTAssertEqual(
      outcome(
        "local t = { a = { 1, 'x: y', { b = 'no' } } } return json.encode(yaml.decode(yaml.encode(t))) == json.encode(t)"
      ),
      "true")
  }

  // MARK: text

  func testRegularExpressions() {
    let cases: [(String, String, String)] = [
      (#"(\\w+)@(\\w+)"#, "r:find_string_submatch('to ada@home now')", #"["ada@home","ada","home"]"#),
      ("a+", "r:find_all_string('a aa b aaa')", #"["a","aa","aaa"]"#), ("a+", "r:find_string('xaay')", #""aa""#),
      ("a*", "tostring(r:find_string('xaay'))", #""nil""#), ("b", "r:find_string_index('abc')", "[2,2]"),
      ("ä.", "r:find_string_index('xäyz')", "[2,4]"),
      ("a", "r:find_all_string_index('aba')", "[[1,1],[3,3]]"), ("x", "r:find_all_string_index('aba') == nil", "true"),
      ("(a)(b)?", "r:find_all_string_submatch('ab a')", #"[["ab","a","b"],["a","a",""]]"#),
      (#"(?P<y>\\d{4})-(?P<m>\\d\\d)"#, "r:replace_all_string('on 2024-05.', '${m}/$y $$')", #""on 05/2024 $.""#),
      ("a", "r:replace_all_string('banana', '$1x')", #""bnn""#),
      ("a", "r:replace_all_string('banana', '<$0>')", #""b\u003ca\u003en\u003ca\u003en\u003ca\u003e""#),
      ("", "r:replace_all_string('äb', '-')", #""-ä-b-""#), (",", "r:split('a,b,,c')", #"["a","b","","c"]"#),
      (",", "r:split('a,b,c', 2)", #"["a","b,c"]"#), ("", "r:split('äbc')", #"["ä","b","c"]"#),
      ("(a)(?P<n>b)", "{ r:num_subexp(), r:subexp_names(), r:string() }", #"[2,["","","n"],"(a)(?P\u003cn\u003eb)"]"#),
      ("^b$", "r:match_string('a\\nb')", "false"), ("(?m)^b$", "r:match_string('a\\nb')", "true"),
      ("(?i)ÄB", "r:match_string('äb')", "true"), ("(?i:a)b", "r:match_string('AB')", "false"),
      ("(?s)a.b", "r:match_string('a\\nb')", "true"), ("a.b", "r:match_string('a\\nb')", "false"),
      ("a|ab", "r:find_string('ab')", #""a""#), ("a+?", "r:find_string('aaa')", #""a""#),
      ("(?U)a+", "r:find_string('aaa')", #""a""#), ("(a|b)*c", "r:find_string('xababc')", #""ababc""#),
      ("a{2,3}", "r:find_all_string('aaaaa')", #"["aaa","aa"]"#), ("a{,3}", "r:match_string('a{,3}')", "true"),
      ("[[:alpha:]_-]+", "r:find_string('1a_b-2')", #""a_b-""#), (#"[^\\d\\s]+"#, "r:find_string('12 x,')", #""x,""#),
      (#"\\pL+\\p{Lu}"#, "r:find_string('1abÄ2')", #""abÄ""#), (#"\\bfoo\\b"#, "r:find_string_index('a foo')", "[3,5]"),
      (#"\\Qa.b\\E"#, "r:match_string('a.b')", "true"), (#"\\x{e4}\\x41\\101"#, "r:match_string('äAA')", "true"),
      (#"\\Aa\\z"#, "r:match_string('a')", "true"), ("[]a]+", "r:find_string('x]a')", #""]a""#),
      ("(a*)*", "r:match_string('b')", "true"), ("x*", "r:find_all_string('axb')", #"["","x",""]"#),
    ]
    for (pattern, call, expected) in cases {
      XCTAssertEqual(
        outcome("local r = assert(text.regexp.compile('\(pattern)')) return \(call)"), expected, "\(pattern) \(call)")
    }
  }

  func testExpressionsThatRE2DoesNotHaveAreRefused() {
    let cases: [(String, String)] = [
      ("(a", "missing closing ): `(a`"), ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"),
      ("*a", "missing argument to repetition operator: `*`"), ("a**", "invalid nested repetition operator: `*`"),
      ("a{1001}", "invalid repeat count: `{1001}`"), ("a{3,2}", "invalid repeat count: `{3,2}`"),
      ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"), ("(?<=a)", "invalid or unsupported Perl syntax: `(?<`"),
      (#"(a)\\1"#, #"invalid escape sequence: `\1`"#), (#"a\\"#, "trailing backslash at end of expression: ``"),
      ("[b-a]", "invalid character class range: `b-a`"),
      (#"\\p{Greek}"#, #"invalid character class range: `\p{Greek}`"#),
      ("(?P<n>a)(?P<n>b)", "duplicate capture group name: `n`"),
    ]
    for (pattern, expected) in cases {
      XCTAssertEqual(
        outcome("return text.regexp.compile('\(pattern)')"), "Invalid!: error parsing regexp: \(expected)", pattern)
    }
    XCTAssertTrue(
      outcome("return text.regexp.compile('((a{1000}){1000}){1000}')").hasPrefix(
        "Invalid!: error parsing regexp: expression too large"))
    XCTAssertTrue(
      outcome("return text.regexp.compile(string.rep('(', 5000))").hasPrefix(
        "Invalid!: error parsing regexp: expression nests too deeply"))
  }

  /// Engines that try again after a failure take ages for this one.
  func testNoExpressionTakesForEver() {
    XCTAssertEqual(
      outcome("return assert(text.regexp.compile('(a+)+$')):match_string(string.rep('a', 5000) .. 'b')"), "false")
  }

  // MARK: compress

  func testDataIsPackedAndUnpacked() {
    for format in ["gzip", "deflate", "zlib"] {
      XCTAssertEqual(
        outcome(
          """
          local data = string.rep("hindcast ", 20000)
          local packed = assert(compress.\(format).encode(data, { level = 9 }))
          return { #packed < 2000, compress.\(format).decode(packed) == data }
          """), "[true,true]", format)
      XCTAssertEqual(outcome("return compress.\(format).encode('')"), "Invalid!: input data cannot be empty")
      XCTAssertEqual(outcome("return compress.\(format).encode(1)"), "Invalid!: string expected")
      XCTAssertEqual(
        outcome("return compress.\(format).encode('x', { level = 10 })"),
        "Invalid!: compression level must be between 1 and 9")
      XCTAssertEqual(outcome("return compress.\(format).decode('nonsense')"), "Invalid!: invalid \(format) data")
    }
    XCTAssertEqual(
      outcome("return compress.gzip.decode(compress.gzip.encode(string.rep('x', 100)), { max_size = 99 })"),
      "Internal!: decompressed size exceeds limit")
    XCTAssertEqual(
      outcome("local p = compress.zlib.encode(string.rep('x', 100)) return compress.zlib.decode(p:sub(1, #p - 6))"),
      "Internal!: unexpected EOF or damaged data")
    XCTAssertEqual(
      outcome("return #compress.deflate.encode(string.rep('abc', 1000), { level = 1 }) > 0"), "true")
  }

  // MARK: json.validate

  func testValuesAreHeldAgainstSchemas() {
    let cases: [(String, String, String?)] = [
      (#"{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}"#, #"{"id":1}"#, nil),
      (#"{"type":"object","required":["id"]}"#, "{}", "the property id is missing"),
      (#"{"properties":{"id":{"type":"integer"}}}"#, #"{"id":"x"}"#, "/id: is string, should be integer"),
      (#"{"type":["string","null"]}"#, "1", "is integer, should be string or null"),
      (#"{"type":"integer"}"#, "1.0", nil), (#"{"type":"integer"}"#, "1.5", "is number, should be integer"),
      (
        #"{"additionalProperties":false,"properties":{"a":true},"patternProperties":{"^x-":{}}}"#, #"{"a":1,"x-b":2}"#,
        nil
      ),
      (#"{"additionalProperties":false}"#, #"{"a":1}"#, "/a: is no property that is allowed here"),
      (#"{"minimum":1,"exclusiveMaximum":3}"#, "3", "is 3, should be less than 3"),
      (#"{"multipleOf":0.1}"#, "0.3", nil), (#"{"multipleOf":2}"#, "3", "is no multiple of 2"),
      (#"{"minLength":2,"maxLength":3}"#, #""ä""#, "has 1 characters, should have at least 2"),
      (#"{"pattern":"^a+$"}"#, #""ab""#, "does not match the pattern ^a+$"),
      (#"{"items":{"type":"string"},"maxItems":2}"#, #"["a",1]"#, "/1: is integer, should be string"),
      (#"{"prefixItems":[{"type":"integer"}],"items":false}"#, #"[1,2]"#, "/1: nothing is allowed here"),
      (#"{"uniqueItems":true}"#, "[1,1.0]", "/1: is there twice"),
      (#"{"contains":{"const":3}}"#, "[1]", "contains 0 items that match, which is too few or too many"),
      (#"{"enum":["a",{"b":1}]}"#, #"{"b":1.0}"#, nil), (#"{"enum":["a"]}"#, #""b""#, "is none of the allowed values"),
      (#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "4", "matches none of anyOf"),
      (#"{"oneOf":[{"type":"integer"},{"minimum":1}]}"#, "4", "matches 2 of oneOf, should match one"),
      (#"{"not":{"type":"null"}}"#, "null", "matches what it must not"),
      (#"{"allOf":[{"minimum":1},{"maximum":2}]}"#, "3", "is 3, should be at most 2"),
      (#"{"if":{"type":"string"},"then":{"minLength":3},"else":{"minimum":2}}"#, "1", "is 1, should be at least 2"),
      (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, "the property b is missing, which a needs"),
      (
        ##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}}}"##,
        #"{"next":{"next":1}}"#, "/next/next: is integer, should be object"
      ),
      (##"{"$ref":"#"}"##, "1", "the schema leads in a circle"),
    ]
    for (schema, value, problem) in cases {
      let expected = problem.map { Self.json($0) } ?? "true"
      XCTAssertEqual(
        outcome("local ok, err = json.validate_string([==[\(schema)]==], [==[\(value)]==]) return ok or err:message()"),
        expected,
        "\(schema) \(value)")
    }
  }

  func testASchemaThatCannotBeUsedIsAnError() {
    let cases: [(String, String)] = [
      ("json.validate(nil, {})", "schema is required"), ("json.validate({})", "data is required"),
      ("json.validate(1, {})", "schema must be a string or table"),
      ("json.validate_string({}, 1)", "data must be a JSON string"),
      (
        "json.validate({ unevaluatedProperties = false }, {})",
        "/unevaluatedProperties: the keyword is not available in Hindcast yet"
      ),
      ("json.validate({ ['$ref'] = '#/x' }, {})", "/$ref: #/x leads nowhere in this schema"),
      ("json.validate({ pattern = '(' }, {})", "/pattern: error parsing regexp: missing closing ): `(`"),
      ("json.validate({ properties = { a = 1 } }, {})", "/properties/a: a schema is an object or a boolean"),
    ]
    for (call, expected) in cases {
      XCTAssertEqual(
        outcome("local ok, err = \(call) return { ok, err:kind(), err:message() }"),
        #"[false,"Invalid",\#(Self.json(expected))]"#, call)
    }
    XCTAssertEqual(outcome("return json.validate({ type = 'object' }, { a = 1 })"), "true")
  }

  // MARK: What is not there

  func testWhatIsNotThereSaysSoWhenItIsCalled() {
    for call in [
      "text.diff.new", "text.splitter.recursive", "compress.zstd.encode", "compress.brotli.decode",
      "html.sanitize.new_policy", "template.get", "sql.get", "system.memory.stats",
    ] {
      XCTAssertEqual(outcome("return \(call)()"), "Internal: app:f:2: \(call) is not available in Hindcast yet")
    }
  }
}
