/// Why an environment variable has no value; the description is Wippy's.
public enum EnvironmentError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No entry defines the variable.
  case undefined(name: String)
  /// The variable is defined, but neither its storage nor a default has a value for it.
  case unset(variable: EntryID)
  /// The variable or router names a storage that does not exist.
  case storageNotFound(EntryID)
  /// A storage's file cannot be read.
  case unreadable(file: String, reason: String)
  /// The variable's entry says that it cannot be set.
  case readOnlyVariable(EntryID)
  /// The variable's storage cannot be written.
  case readOnlyStorage(EntryID)
  /// The variable stands in a file, which Hindcast does not write.
  case unwritableFile(EntryID)
  /// Storages or placeholders refer to one another in a circle.
  case circular(EntryID)

  /// Wippy's text where it has one.
  public var description: String {
    switch self {
    case .undefined, .unset: "environment variable not found"
    case .storageNotFound: "environment storage backend not found"
    case .unreadable(let file, let reason): "failed to read \(file): \(reason)"
    case .readOnlyVariable: "environment variable is read-only"
    case .readOnlyStorage: "storage is read-only"
    case .unwritableFile(let id): "\(id) is a file, which is not written in Hindcast"
    case .circular(let id): "\(id) refers to itself"
    }
  }

  /// What would give the variable a value.
  public var hint: String? {
    switch self {
    case .undefined(let name):
      "variables of the process are visible only through an env.variable entry: kind: env.variable, variable: "
        + "\(name), storage: an env.storage.os entry"
    case .unset(let variable): "\(variable) is defined, but has no value and no default"
    case .storageNotFound(let id): "no env.storage entry is called \(id)"
    case .readOnlyVariable(let id), .readOnlyStorage(let id), .unwritableFile(let id):
      "\(id) holds it; an env.storage.memory can be set"
    case .unreadable, .circular: nil
    }
  }

  /// Whether there simply is no value.
  var isAbsence: Bool {
    switch self {
    case .undefined, .unset: true
    case .storageNotFound, .unreadable, .readOnlyVariable, .readOnlyStorage, .unwritableFile, .circular: false
    }
  }

  /// The kind of the error this becomes.
  var kind: RegistryError.Kind {
    switch self {
    case .undefined, .unset, .storageNotFound, .unreadable: .notFound
    case .readOnlyVariable, .readOnlyStorage, .unwritableFile: .permissionDenied
    case .circular: .invalid
    }
  }
}
