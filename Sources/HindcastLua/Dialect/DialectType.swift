/// A parsed type, kept for the types that have a value at run time.
indirect enum DialectType {
  /// A built-in type, a type parameter or a type of the chunk.
  case named(String)
  /// A type of another module (`process.Message`): its definition is not at hand, so anything fits it.
  case foreign(String)
  case string([UInt8])
  case number(Double)
  case boolean(Bool)
  case generic(String, arguments: [DialectType])
  case optional(DialectType)
  case union([DialectType])
  case intersection([DialectType])
  case array(DialectType)
  case map(key: DialectType, value: DialectType)
  case record([Field])
  case function(parameters: [Parameter], returns: [DialectType])
  case interface
  case annotated(DialectType, [Annotation])
  case keyOf(DialectType)
  case indexed(DialectType, by: DialectType)
  /// A type with parameters, as `type Box<T> = …` declares it.
  case parametric([TypeParameter], DialectType)

  struct Field {
    var name: String
    var type: DialectType
    var isOptional: Bool
    var isReadonly = false
  }

  struct Parameter {
    /// The name, `...` for the rest, or empty.
    var name: String
    var type: DialectType
  }

  struct TypeParameter {
    var name: String
    var constraint: DialectType?
  }

  struct Annotation {
    var name: String
    var argument: Argument?

    enum Argument {
      case number(Double)
      case string([UInt8])
    }
  }
}

extension DialectType {
  /// The type as the Lua table constructor that `LuaTypeRuntime` reads; a name stands for itself.
  var descriptor: String {
    switch self {
    case .named(let name): Self.quoted(Array(name.utf8))
    case .foreign(let name): "{k=\"foreign\",n=\(Self.quoted(Array(name.utf8)))}"
    case .string(let bytes): "{k=\"literal\",v=\(Self.quoted(bytes))}"
    case .number(let value): "{k=\"literal\",v=\(DialectOperator.literal(value))}"
    case .boolean(let value): "{k=\"literal\",v=\(value)}"
    case .generic(let name, let arguments):
      "{k=\"instantiated\",n=\(Self.quoted(Array(name.utf8))),of=\(Self.list(arguments))}"
    case .optional(let inner): "{k=\"optional\",of=\(inner.descriptor)}"
    case .union(let members): "{k=\"union\",of=\(Self.list(members))}"
    case .intersection(let members): "{k=\"intersection\",of=\(Self.list(members))}"
    case .array(let element): "{k=\"array\",of=\(element.descriptor)}"
    case .map(let key, let value): "{k=\"map\",key=\(key.descriptor),of=\(value.descriptor)}"
    case .record(let fields): "{k=\"record\",of={\(fields.map(\.descriptor).joined(separator: ","))}}"
    case .function(let parameters, let returns):
      "{k=\"function\",params={\(parameters.map(\.descriptor).joined(separator: ","))},of=\(Self.list(returns))}"
    case .interface: "{k=\"interface\"}"
    case .annotated(let inner, let annotations):
      "{k=\"annotated\",of=\(inner.descriptor),by={\(annotations.map(\.descriptor).joined(separator: ","))}}"
    case .keyOf(let inner): "{k=\"keyof\",of=\(inner.descriptor)}"
    case .indexed(let object, let index): "{k=\"indexed\",of=\(object.descriptor),by=\(index.descriptor)}"
    case .parametric(let parameters, let body):
      "{k=\"generic\",params={\(parameters.map(\.descriptor).joined(separator: ","))},of=\(body.descriptor)}"
    }
  }

  private static func list(_ types: [DialectType]) -> String {
    "{\(types.map(\.descriptor).joined(separator: ","))}"
  }

  /// Bytes as a Lua string literal on one line.
  static func quoted(_ bytes: [UInt8]) -> String {
    var text = "\""
    for byte in bytes {
      let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      if isPlain {
        text.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        let digits = String(byte)
        text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return text + "\""
  }
}

extension DialectType.Field {
  fileprivate var descriptor: String {
    let flags = (isOptional ? ",optional=true" : "") + (isReadonly ? ",readonly=true" : "")
    return "{n=\"\(name)\",t=\(type.descriptor)\(flags)}"
  }
}

extension DialectType.Parameter {
  fileprivate var descriptor: String { "{n=\"\(name)\",t=\(type.descriptor)}" }
}

extension DialectType.TypeParameter {
  fileprivate var descriptor: String {
    "{n=\"\(name)\"\(constraint.map { ",t=\($0.descriptor)" } ?? "")}"
  }
}

extension DialectType.Annotation {
  fileprivate var descriptor: String {
    switch argument {
    case .number(let value): "{n=\"\(name)\",v=\(DialectOperator.literal(value))}"
    case .string(let bytes): "{n=\"\(name)\",v=\(DialectType.quoted(bytes))}"
    case nil: "{n=\"\(name)\"}"
    }
  }
}
