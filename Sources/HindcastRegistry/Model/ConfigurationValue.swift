/// A value of a YAML or JSON file, with the place it was written at.
public struct ConfigurationValue: Sendable {
  /// What a value can be: YAML 1.2's core schema.
  public enum Content: Sendable, Hashable {
    /// `null`, `~` or nothing at all.
    case null
    /// `true` or `false`; `yes` and `on` are strings.
    case bool(Bool)
    /// An integer that fits 64 bits; `010` is ten.
    case int(Int64)
    /// Any other number.
    case float(Double)
    /// Text.
    case string(String)
    /// A sequence.
    case list([ConfigurationValue])
    /// A mapping, in the order it was written.
    case map(ConfigurationMap)
  }

  /// The value.
  public var content: Content
  /// Where the value starts.
  public var position: SourcePosition
  /// Where the text stands, for a string; see ``SourceText``.
  public var text: SourceText?
  /// Whether the value must not be shown; its description is then a row of dots.
  public var isSecret: Bool
  /// The text that the environment gave for the whole field; fields of every type read their value from it.
  var environmentText: String?
  /// Whether a placeholder in the text found no value, or `file://` no file. Such a value is not checked further.
  var isUnresolved = false

  /// Makes a value.
  public init(
    _ content: Content, at position: SourcePosition, text: SourceText? = nil, isSecret: Bool = false
  ) {
    self.content = content
    self.position = position
    self.text = text
    self.isSecret = isSecret
  }

  /// The truth value, when it is one.
  public var bool: Bool? { if case .bool(let value) = content { value } else { nil } }
  /// The integer, when it is one.
  public var int: Int64? { if case .int(let value) = content { value } else { nil } }
  /// The number, when it is one; an integer counts.
  public var number: Double? {
    switch content {
    case .float(let value): value
    case .int(let value): Double(value)
    default: nil
    }
  }
  /// The text, when it is a string.
  public var string: String? { if case .string(let value) = content { value } else { nil } }
  /// The elements, when it is a list.
  public var list: [ConfigurationValue]? { if case .list(let value) = content { value } else { nil } }
  /// The fields, when it is a map.
  public var map: ConfigurationMap? { if case .map(let value) = content { value } else { nil } }
  /// Whether it is null.
  public var isNull: Bool { if case .null = content { true } else { false } }

  /// The field of a map by its name; `nil` for every other value.
  public subscript(_ key: String) -> ConfigurationValue? { map?[key] }

  /// What kind of value this is, in the words of an error message.
  public var typeName: String {
    switch content {
    case .null: "null"
    case .bool: "a boolean"
    case .int: "an integer"
    case .float: "a number"
    case .string: "a string"
    case .list: "a list"
    case .map: "a map"
    }
  }
}

extension ConfigurationValue: Hashable {
  /// Compares what the values say, not where they were written.
  public static func == (left: ConfigurationValue, right: ConfigurationValue) -> Bool { left.content == right.content }

  /// Hashes what the value says.
  public func hash(into hasher: inout Hasher) { hasher.combine(content) }
}

extension ConfigurationValue: CustomStringConvertible, CustomReflectable {
  /// The value in YAML's flow style, secrets shown as dots.
  public var description: String {
    if isSecret { return Secret.mask }
    switch content {
    case .null: return "null"
    case .bool(let value): return "\(value)"
    case .int(let value): return "\(value)"
    case .float(let value): return "\(value)"
    case .string(let value): return value.debugDescription
    case .list(let values): return "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .map(let map): return map.description
    }
  }

  /// Shows what ``description`` shows, so that `dump` and the debugger give no secret away.
  public var customMirror: Mirror { Mirror(self, children: ["position": position, "value": description]) }
}
