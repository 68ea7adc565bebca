/// What a scalar says under YAML 1.2's core schema.
enum ScalarContent: Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case float(Double)
  case other(String)

  /// Reads a plain (unquoted) scalar: <https://yaml.org/spec/1.2.2/#1032-tag-resolution>.
  init(plain text: String) {
    if let word = Self.words[text] {
      self = word
      return
    }
    // Only these can start a number; almost every scalar is text and stops here.
    guard let first = text.utf8.first, first <= UInt8(ascii: "9"), first >= UInt8(ascii: "+") else {
      self = .other(text)
      return
    }
    self = Self.integer(text) ?? Self.number(text) ?? .other(text)
  }

  private static let words: [String: ScalarContent] = {
    var words: [String: ScalarContent] = ["": .null, "~": .null, "null": .null, "Null": .null, "NULL": .null]
    for (spellings, value) in [(["true", "True", "TRUE"], true), (["false", "False", "FALSE"], false)] {
      for spelling in spellings { words[spelling] = .bool(value) }
    }
    for spelling in [".inf", ".Inf", ".INF"] {
      words[spelling] = .float(.infinity)
      words["+" + spelling] = .float(.infinity)
      words["-" + spelling] = .float(-.infinity)
    }
    for spelling in [".nan", ".NaN", ".NAN"] { words[spelling] = .float(.nan) }
    return words
  }()

  /// `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`; a number too large for 64 bits becomes a float.
  private static func integer(_ text: String) -> ScalarContent? {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] where text.hasPrefix(prefix) {
      let digits = text.dropFirst(2)
      // Int's own reader would take a sign here.
      guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
      return Int64(digits, radix: radix).map(ScalarContent.int)
    }
    return Int64(text).map(ScalarContent.int)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func number(_ text: String) -> ScalarContent? {
    var rest = text.utf8[...]
    func skipDigits() -> Int {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest[digits.endIndex...]
      return digits.count
    }
    func skip(_ bytes: [UInt8]) -> Bool {
      guard let first = rest.first, bytes.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = skip([UInt8(ascii: "+"), UInt8(ascii: "-")])
    let whole = skipDigits()
    if skip([UInt8(ascii: ".")]) {
      if skipDigits() == 0, whole == 0 { return nil }
    } else if whole == 0 {
      return nil
    }
    if skip([UInt8(ascii: "e"), UInt8(ascii: "E")]) {
      _ = skip([UInt8(ascii: "+"), UInt8(ascii: "-")])
      if skipDigits() == 0 { return nil }
    }
    guard rest.isEmpty else { return nil }
    return Double(text).map(ScalarContent.float)
  }
}

extension ScalarContent {
  init(_ content: ConfigurationValue.Content) {
    self =
      switch content {
      case .bool(let value): .bool(value)
      case .int(let value): .int(value)
      case .float(let value): .float(value)
      case .string(let value): .other(value)
      case .null, .list, .map: .null
      }
  }

  /// The value as it stands in a configuration.
  var content: ConfigurationValue.Content {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    case .other(let value): .string(value)
    }
  }

  var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The integer; a float without a fraction counts.
  var asInt: Int64? {
    switch self {
    case .int(let value): value
    case .float(let value): Int64(exactly: value)
    default: nil
    }
  }

  var asNumber: Double? {
    switch self {
    case .int(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }
}
