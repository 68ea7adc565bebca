/// A value as Go's `any` holds it where the upstream runtime keeps data outside of Lua: options, context values, error
/// details. The distinction of integers and floats matters, because upstream's option parsers look at it.
indirect enum GoValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([GoValue])
  case object([String: GoValue])

  /// The name of the Go type, as `%T` prints it.
  var typeName: String {
    switch self {
    case .null: "<nil>"
    case .bool: "bool"
    case .int: "int64"
    case .double: "float64"
    case .string: "string"
    case .array: "[]interface {}"
    case .object: "map[string]interface {}"
    }
  }

  /// The value as `%v` prints it; maps are printed in the order of their keys.
  var text: String {
    switch self {
    case .null: "<nil>"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .double(let number): GoNumber.general(number)
    case .string(let text): text
    case .array(let items): "[" + items.map(\.text).joined(separator: " ") + "]"
    case .object(let fields):
      "map[" + fields.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.text)" }.joined(separator: " ") + "]"
    }
  }

  subscript(key: String) -> GoValue? {
    if case .object(let fields) = self { fields[key] } else { nil }
  }

  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var bool: Bool? {
    if case .bool(let flag) = self { flag } else { nil }
  }
}
