/// A source text that Wippy's Lua does not accept, with the place and, where one helps, what to write instead.
public struct LuaSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The name under which the chunk was translated, usually its file.
  public var chunkName: String
  /// The line, from 1.
  public var line: Int
  /// The column in bytes, from 1.
  public var column: Int
  /// What is wrong.
  public var message: String
  /// What the dialect has instead, or nil.
  public var hint: String?

  /// Makes an error from its parts.
  public init(chunkName: String, line: Int, column: Int, message: String, hint: String? = nil) {
    self.chunkName = chunkName
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
  }

  /// `chunk:line:column: message (hint)`.
  public var description: String {
    let place = "\(chunkName):\(line):\(column): \(message)"
    return hint.map { "\(place) (\($0))" } ?? place
  }
}
