/// Where the text of a string value stands, so that line `n` of the text can be found again.
public struct SourceText: Hashable, Sendable {
  /// The path as the user would type it: the YAML file for text written in place, the file named by `file://` otherwise.
  public var file: String
  /// The same file, relative to the app's directory.
  public var relativePath: String
  /// How many lines of the file come before the first line of the text; 0 for a whole file.
  public var lineOffset: Int
  /// Whether line `n` of the text is line `n + lineOffset` of the file. It is not so for text that YAML folds; an
  /// error in such a text is best shown at its first line.
  public var keepsLines: Bool
  /// The bytes of the file named by `file://`; `nil` for text written in place.
  public var bytes: [UInt8]?

  /// Makes a place.
  public init(
    file: String, relativePath: String, lineOffset: Int = 0, keepsLines: Bool = true, bytes: [UInt8]? = nil
  ) {
    self.file = file
    self.relativePath = relativePath
    self.lineOffset = lineOffset
    self.keepsLines = keepsLines
    self.bytes = bytes
  }

  /// The line of the file that holds line `line` of the text; both count from 1.
  public func fileLine(ofTextLine line: Int) -> Int { keepsLines ? line + lineOffset : 1 + lineOffset }
}
