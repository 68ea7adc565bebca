/// Why a folder cannot take an export.
public struct ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The folder or file.
  public var path: String
  /// What is wrong with it, and what would put it right.
  public var message: String

  /// The path and what is wrong.
  public var description: String { "\(path): \(message)" }
}
