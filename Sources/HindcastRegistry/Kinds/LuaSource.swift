/// The source text of a Lua entry, and where its lines stand.
public struct LuaSource: Hashable, Sendable {
  /// The bytes as they are in the file; Lua source need not be UTF-8.
  public var bytes: [UInt8]
  /// Where the text is written.
  public var place: SourceText
  /// Where the entry names or holds its source.
  public var position: SourcePosition

  /// The bytes as text; what is no UTF-8 becomes U+FFFD.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
  /// The file as the user would type it, for messages and tracebacks. For a source that stands in the YAML file, that file.
  public var file: String { place.file }
  /// The file relative to the app's directory.
  public var relativePath: String { place.relativePath }
  /// How many lines of ``file`` come before the first line of the source; 0 for a file of its own.
  public var lineOffset: Int { place.lineOffset }
  /// The line of ``file`` that holds a line of the source; both count from 1.
  public func fileLine(ofSourceLine line: Int) -> Int { place.fileLine(ofTextLine: line) }
}
