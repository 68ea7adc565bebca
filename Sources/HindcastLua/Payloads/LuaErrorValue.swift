/// An error value of the dialect: what `errors.new` makes and what operations return as their second result.
final class LuaErrorValue: Sendable {
  /// One of the kinds of spec/wippy.md 9.1, or any other text; empty: unknown.
  let kind: String
  let message: String
  /// What wrapping added; precedes the message in the full text, but not in `tostring`.
  let context: String
  /// Nil: nobody said.
  let isRetryable: Bool?
  let details: [String: GoValue]?
  /// The Lua stack where the error was made, innermost first.
  let stack: [String]

  init(
    kind: String, message: String, context: String = "", isRetryable: Bool? = nil, details: [String: GoValue]? = nil,
    stack: [String] = []
  ) {
    self.kind = kind
    self.message = message
    self.context = context
    self.isRetryable = isRetryable
    self.details = details
    self.stack = stack
  }

  /// Context and message.
  var fullText: String { context.isEmpty ? message : "\(context): \(message)" }

  func with(kind: String? = nil, isRetryable: Bool?) -> LuaErrorValue {
    LuaErrorValue(
      kind: kind ?? self.kind, message: message, context: context, isRetryable: isRetryable, details: details,
      stack: stack)
  }

  func with(context: String) -> LuaErrorValue {
    LuaErrorValue(
      kind: kind, message: message, context: context, isRetryable: isRetryable, details: details, stack: stack)
  }

  // MARK: Kinds

  static func invalid(_ message: String) -> LuaErrorValue {
    LuaErrorValue(kind: ErrorKind.invalid, message: message, isRetryable: false)
  }

  static func notFound(_ message: String) -> LuaErrorValue {
    LuaErrorValue(kind: ErrorKind.notFound, message: message, isRetryable: false)
  }

  static func internalError(_ message: String, context: String = "") -> LuaErrorValue {
    LuaErrorValue(kind: ErrorKind.internalError, message: message, context: context, isRetryable: false)
  }
}

/// The kinds of errors that the runtime knows.
package enum ErrorKind {
  package static let notFound = "NotFound"
  package static let alreadyExists = "AlreadyExists"
  static let invalid = "Invalid"
  static let permissionDenied = "PermissionDenied"
  static let unavailable = "Unavailable"
  package static let internalError = "Internal"
  static let canceled = "Canceled"
  static let conflict = "Conflict"
  static let timeout = "Timeout"
  static let rateLimited = "RateLimited"
  package static let unknown = ""

  /// The constants of the `errors` module.
  static let constants: [(name: String, kind: String)] = [
    ("NOT_FOUND", notFound), ("ALREADY_EXISTS", alreadyExists), ("INVALID", invalid),
    ("PERMISSION_DENIED", permissionDenied), ("UNAVAILABLE", unavailable), ("INTERNAL", internalError),
    ("CANCELED", canceled), ("CONFLICT", conflict), ("TIMEOUT", timeout), ("RATE_LIMITED", rateLimited),
    ("UNKNOWN", unknown),
  ]

  /// The kind that an application failure's type stands for; types that mean nothing to the runtime are unknown.
  static func ofFailureType(_ type: String) -> String {
    switch type {
    case notFound, alreadyExists, invalid, permissionDenied, unavailable, internalError, canceled, conflict, timeout,
      rateLimited:
      type
    case "ActivityNotRegisteredError", "ActivityNotRegistered", "WorkflowNotRegisteredError", "NamespaceNotFoundError":
      notFound
    default: unknown
    }
  }
}
