/// A place in a file that a user wrote.
public struct SourcePosition: Hashable, Sendable {
  /// The path as the user would type it: the app's directory as it was given, then the path inside it.
  public var file: String
  /// The line, counted from 1.
  public var line: Int
  /// The column in characters, counted from 1.
  public var column: Int

  /// Makes a position of its parts.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourcePosition: CustomStringConvertible {
  /// `file:line:column`, the form that terminals and editors turn into a link.
  public var description: String { "\(file):\(line):\(column)" }
}
