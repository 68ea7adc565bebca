/// One problem in the entries of an app: where it is, what is wrong, and what to do about it.
///
/// The same type carries warnings. Texts never hold the value of a secret or of an environment variable.
public struct RegistryError: Error, Hashable, Sendable {
  /// How much a problem matters.
  public enum Severity: String, Hashable, Sendable {
    /// The app cannot be used.
    case error
    /// The app can be used, though something in it is likely not what its author meant.
    case warning
  }

  /// What sort of problem this is; Wippy's error kinds where it has one.
  public enum Kind: String, Hashable, Sendable {
    /// The file is no YAML or JSON that can be read.
    case syntax = "Syntax"
    /// A field is unknown, missing, or has a value it cannot have.
    case invalid = "Invalid"
    /// Something that is referred to does not exist.
    case notFound = "NotFound"
    /// Something is used where the runtime does not allow it.
    case permissionDenied = "PermissionDenied"
    /// Two things claim one name.
    case alreadyExists = "AlreadyExists"
  }

  /// Whether this is an error or a warning.
  public var severity: Severity
  /// The sort of problem.
  public var kind: Kind
  /// Where the problem is; `nil` only when it lies in no file (a directory that cannot be read).
  public var position: SourcePosition?
  /// The entry that holds the problem, as far as it is known.
  public var entry: EntryID?
  /// What is wrong, in one sentence without a full stop.
  public var message: String
  /// What would put it right.
  public var hint: String?

  /// Makes a problem of its parts.
  public init(
    _ message: String, kind: Kind = .invalid, severity: Severity = .error, at position: SourcePosition? = nil,
    entry: EntryID? = nil, hint: String? = nil
  ) {
    self.severity = severity
    self.kind = kind
    self.position = position
    self.entry = entry
    self.message = message
    self.hint = hint
  }
}

extension RegistryError: CustomStringConvertible {
  /// `file:line:column: error: app:worker: message (hint)`.
  public var description: String {
    var text = ""
    if let position { text += "\(position): " }
    text += "\(severity.rawValue): "
    if let entry { text += "\(entry): " }
    text += message
    if let hint { text += " (\(hint))" }
    return text
  }
}

/// Every error that was found in an app, in the order of its files and lines, with the warnings beside them.
public struct RegistryErrors: Error, Hashable, Sendable {
  /// The errors; never empty.
  public var errors: [RegistryError]
  /// The warnings of the same load.
  public var warnings: [RegistryError]

  /// Makes a collection of problems.
  public init(errors: [RegistryError], warnings: [RegistryError] = []) {
    self.errors = errors
    self.warnings = warnings
  }
}

extension RegistryErrors: CustomStringConvertible {
  /// One error a line.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
