/// An `env.variable` entry.
public struct EnvironmentVariable: Hashable, Sendable, Configurable {
  /// The entry.
  public internal(set) var id = EntryID(namespace: "", name: "")
  /// The name the variable is known by; empty for the entry's ID.
  public var publicName = ""
  /// The value where the storage has none; empty for none.
  public var defaultValue = Secret("")
  /// Whether the variable cannot be set.
  public var isReadOnly = false
  /// Everything under `meta`, as written.
  public var meta = ConfigurationMap()

  var storageReference: Reference?

  /// The defaults.
  public init() {}

  /// The storage that holds the value.
  public var storage: EntryID? { storageReference?.id }
  /// The name under which the storage holds the value, which is also the first name the variable is looked up by.
  public var storageKey: String { publicName.isEmpty ? id.description : publicName }

  static let fields: [Field<EnvironmentVariable>] = [
    .string("variable", \.publicName, "Name the variable is known by; letters, digits and _"),
    .id("storage", \.storageReference, "The env.storage entry that holds the value; required"),
    .secret("default", \.defaultValue, "Value where the storage has none"),
    .bool("readonly", \.isReadOnly, "Refuse to set the variable"),
    .map("meta", \.meta, "Anything a user wants to keep with the entry"),
  ]

  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    let isName = publicName.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    if !isName {
      reader.report(
        "invalid environment variable name: \(publicName)", at: map["variable"]?.position ?? position,
        hint: "letters, digits and _ only")
    }
    let isWhole = storage.map { !$0.namespace.isEmpty && !$0.name.isEmpty }
    if !(isWhole ?? !map.isBlank("storage")) {
      reader.report(
        "invalid storage ID format, must have both namespace and name", at: map["storage"]?.position ?? position,
        hint: "for example storage: \(reader.entry.namespace):os_env")
    }
  }
}

/// An `env.storage.*` entry.
public struct EnvironmentStorage: Hashable, Sendable {
  /// What holds the values.
  public enum Backend: Hashable, Sendable {
    /// The environment of the process.
    case process
    /// The memory of the process; nothing is there when it starts.
    case memory
    /// A file of `KEY=VALUE` lines, relative to the app's directory.
    case file(String)
    /// Values that stand in the entry.
    case values([String: Secret])
    /// Other storages, asked in order.
    case router([Reference])
  }

  /// The entry.
  public let id: EntryID
  /// What holds the values.
  public let backend: Backend
}

/// The fields of `env.storage.os` and `env.storage.memory`: none of their own.
struct PlainStorageFields: Configurable {
  var meta = ConfigurationMap()

  static let fields: [Field<PlainStorageFields>] = [
    .map("meta", \.meta, "Anything a user wants to keep with the entry")
  ]
}

/// The fields of `env.storage.file`.
struct FileStorageFields: Configurable {
  var meta = ConfigurationMap()
  var path = ""
  var autoCreate = false
  var fileMode = 0o644
  var directoryMode = 0o755

  static let fields: [Field<FileStorageFields>] = [
    .string("file_path", \.path, "File of KEY=VALUE lines; required"),
    .bool("auto_create", \.autoCreate, "Create the file when a variable is set"),
    .int("file_mode", \.fileMode, "Permissions of a file that is created"),
    .int("dir_mode", \.directoryMode, "Permissions of directories that are created"),
    .map("meta", \.meta, "Anything a user wants to keep with the entry"),
  ]

  func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    if path.isEmpty, map.isBlank("file_path") {
      reader.report("file path must not be empty", at: map["file_path"]?.position ?? position)
    }
  }
}

/// The fields of `env.storage.static`.
struct StaticStorageFields: Configurable {
  var meta = ConfigurationMap()
  var values: [String: Secret] = [:]

  static let fields: [Field<StaticStorageFields>] = [
    .secrets("values", \.values, "The variables and their values"),
    .map("meta", \.meta, "Anything a user wants to keep with the entry"),
  ]
}

/// The fields of `env.storage.router`.
struct RouterStorageFields: Configurable {
  var meta = ConfigurationMap()
  var storages: [Reference] = []

  static let fields: [Field<RouterStorageFields>] = [
    .ids("storages", \.storages, "The storages to ask, in order; required"),
    .map("meta", \.meta, "Anything a user wants to keep with the entry"),
  ]

  func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    if storages.isEmpty, map.isBlank("storages") || map["storages"]?.list?.isEmpty == true {
      reader.report("router storage must have at least one storage", at: map["storages"]?.position ?? position)
    }
  }
}
