/// One field of a configuration type: its row of the reference table, and how to read it.
struct Field<Target>: Sendable {
  let descriptor: FieldDescriptor
  let read: @Sendable (ConfigurationValue, inout Target, inout FieldReader) -> Void
}

/// A value that fields can be filled into, starting from its defaults.
protocol Configurable: Sendable {
  /// All defaults.
  init()
  /// The fields, in the order of the reference table.
  static var fields: [Field<Self>] { get }
  /// Whether a field that is not in the table and looks like none of it may stand: the runtime ignores it. What looks
  /// like one of the table is a slip all the same.
  static var isOpen: Bool { get }
  /// Checks what no single field can see, once all are read.
  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader)
}

extension Configurable {
  static var isOpen: Bool { false }

  mutating func validate(_: ConfigurationMap, at _: SourcePosition, in _: inout FieldReader) {}
}

typealias SendableKeyPath<Root, Value> = WritableKeyPath<Root, Value> & Sendable

extension Field where Target: Configurable {
  /// A field whose value `convert` makes of what was written; `nil` where it cannot, having said why.
  private static func value<Value>(
    _ name: String, _ path: any SendableKeyPath<Target, Value>, type: String, default defaultValue: String?,
    summary: String, isSecret: Bool = false,
    convert: @escaping @Sendable (ConfigurationValue, inout FieldReader) -> Value?
  ) -> Field {
    let descriptor = FieldDescriptor(
      name: name, type: type, defaultValue: defaultValue, summary: summary, isSecret: isSecret)
    return Field(descriptor: descriptor) { value, target, reader in
      if let converted = convert(value, &reader) { target[keyPath: path] = converted }
    }
  }

  static func string(_ name: String, _ path: any SendableKeyPath<Target, String>, _ summary: String) -> Field {
    let defaultValue = Target()[keyPath: path]
    return value(
      name, path, type: "string", default: defaultValue.isEmpty ? nil : defaultValue.debugDescription, summary: summary
    ) { $1.string($0, name) }
  }

  static func secret(_ name: String, _ path: any SendableKeyPath<Target, Secret>, _ summary: String) -> Field {
    value(name, path, type: "string", default: nil, summary: summary, isSecret: true) {
      $1.string($0, name).map(Secret.init)
    }
  }

  static func bool(_ name: String, _ path: any SendableKeyPath<Target, Bool>, _ summary: String) -> Field {
    value(name, path, type: "boolean", default: "\(Target()[keyPath: path])", summary: summary) { $1.bool($0, name) }
  }

  static func int(_ name: String, _ path: any SendableKeyPath<Target, Int>, _ summary: String) -> Field {
    value(name, path, type: "integer", default: "\(Target()[keyPath: path])", summary: summary) { $1.int($0, name) }
  }

  static func number(_ name: String, _ path: any SendableKeyPath<Target, Double>, _ summary: String) -> Field {
    value(name, path, type: "number", default: "\(Target()[keyPath: path])", summary: summary) { $1.number($0, name) }
  }

  static func duration(_ name: String, _ path: any SendableKeyPath<Target, GoDuration>, _ summary: String) -> Field {
    value(name, path, type: "duration", default: "\(Target()[keyPath: path])", summary: summary) {
      $1.duration($0, name)
    }
  }

  static func id(_ name: String, _ path: any SendableKeyPath<Target, Reference?>, _ summary: String) -> Field {
    value(name, path, type: "entry ID", default: nil, summary: summary) { $1.reference($0, name) }
  }

  static func ids(_ name: String, _ path: any SendableKeyPath<Target, [Reference]>, _ summary: String) -> Field {
    value(name, path, type: "list of entry IDs", default: "[]", summary: summary) { $1.references($0, name) }
  }

  static func names(_ name: String, _ path: any SendableKeyPath<Target, [PositionedName]>, _ summary: String) -> Field {
    value(name, path, type: "list of strings", default: "[]", summary: summary) { $1.names($0, name) }
  }

  static func imports(_ name: String, _ path: any SendableKeyPath<Target, [LuaImport]>, _ summary: String) -> Field {
    value(name, path, type: "map of alias to entry ID", default: "{}", summary: summary) { $1.imports($0, name) }
  }

  static func secrets(
    _ name: String, _ path: any SendableKeyPath<Target, [String: Secret]>, _ summary: String
  ) -> Field {
    value(name, path, type: "map of strings", default: "{}", summary: summary, isSecret: true) {
      $1.strings($0, name)?.mapValues(Secret.init)
    }
  }

  /// Lua source: the text of the value, which may have come out of a file.
  static func source(_ name: String, _ path: any SendableKeyPath<Target, LuaSource?>, _ summary: String) -> Field {
    value(name, path, type: "string", default: nil, summary: summary) { $1.source($0, name) }
  }

  /// A map that is kept as it is written.
  static func map(_ name: String, _ path: any SendableKeyPath<Target, ConfigurationMap>, _ summary: String) -> Field {
    value(name, path, type: "map", default: "{}", summary: summary) { $1.map($0, name) }
  }

  /// A word out of a list. Any other word is an error, told in `wording`; where the list `isOpen`, the runtime takes it
  /// for the default, and it is a warning.
  static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ path: any SendableKeyPath<Target, Choice>, isOpen: Bool = false, _ summary: String,
    wording: (@Sendable (String) -> String)? = nil
  ) -> Field where Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue).filter { !$0.isEmpty }
    let defaultValue = Target()[keyPath: path].rawValue
    return value(
      name, path, type: words.joined(separator: " | "), default: defaultValue.isEmpty ? nil : defaultValue,
      summary: summary
    ) { value, reader in
      guard let word = reader.string(value, name), !word.isEmpty else { return nil }
      if let choice = Choice(rawValue: word) { return choice }
      if !value.isUnresolved { reader.unknownWord(word, of: words, in: value, name, isOpen: isOpen, wording: wording) }
      return nil
    }
  }

  /// An object with a table of its own.
  static func object<Nested: Configurable>(
    _ name: String, _ path: any SendableKeyPath<Target, Nested>, _ summary: String
  ) -> Field {
    Field(
      descriptor: FieldDescriptor(
        name: name, type: "object", summary: summary, fields: Nested.fields.map(\.descriptor))
    ) { value, target, reader in
      guard let map = reader.map(value, name) else { return }
      reader.read(map, at: value.position, into: &target[keyPath: path], path: name)
    }
  }

  /// An object with a table of its own that may be absent altogether.
  static func object<Nested: Configurable>(
    _ name: String, _ path: any SendableKeyPath<Target, Nested?>, _ summary: String
  ) -> Field {
    Field(
      descriptor: FieldDescriptor(
        name: name, type: "object", summary: summary, fields: Nested.fields.map(\.descriptor))
    ) { value, target, reader in
      guard let map = reader.map(value, name) else { return }
      var nested = Nested()
      reader.read(map, at: value.position, into: &nested, path: name)
      target[keyPath: path] = nested
    }
  }
}
