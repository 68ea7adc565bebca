/// YAML as plain text, without a file.
public enum YAMLText {
  /// The value of a text: null for one without any.
  ///
  /// - Throws: the first error, with its line.
  public static func decode(_ bytes: [UInt8]) throws(RegistryError) -> ConfigurationValue {
    let file = SourceFile(displayPath: "yaml", relativePath: "yaml")
    let (value, errors) = try YAMLReader.read(bytes, file: file)
    if let first = errors.first { throw first }
    return value ?? ConfigurationValue(.null, at: SourcePosition(file: "yaml", line: 1, column: 1))
  }

  /// Whether a plain scalar of this text would be read as something else than the text.
  public static func isAmbiguous(_ text: String) -> Bool {
    if case .other = ScalarContent(plain: text) { return false }
    return true
  }
}
