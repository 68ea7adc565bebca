/// A file of an app under its two names.
struct SourceFile: Hashable {
  /// The path as the user would type it.
  let displayPath: String
  /// The path relative to the app's directory.
  let relativePath: String
}

/// What keeps hostile input from costing much.
enum YAMLLimits {
  /// The largest registry file, in bytes.
  static let fileSize = 8 << 20
  /// The most values in a file, aliases counted with all they stand for.
  static let values = 250_000
  /// The deepest nesting of lists and maps.
  static let depth = 100
}
