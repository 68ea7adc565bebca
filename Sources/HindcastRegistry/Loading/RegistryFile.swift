/// A file that may hold registry entries, told from the many that do not.
enum RegistryFile {
  /// The keys at the top of a registry file.
  static let topLevelKeys = ["version", "namespace", "meta", "entries", "name", "kind", "requirements"]

  /// Whether a file that cannot be read as YAML, or that is too large, was likely meant as a registry file: only then is
  /// that the user's concern. `prefix` is how the file starts.
  static func looksMeant(_ path: String, prefix: [UInt8]) -> Bool {
    if Path.name(path).hasPrefix("_index.") { return true }
    if path.hasSuffix(".json") { return firstJSONKey(prefix).map(topLevelKeys.contains) ?? false }
    return prefix.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "namespace:".utf8) }
  }

  /// Whether a JSON file need not be read at all. Exported histories lie beside the entries, they are large, and all of
  /// them start with a list or with one of a few keys.
  static func isHistory(_ path: String, prefix: [UInt8]) -> Bool {
    guard path.hasSuffix(".json") else { return false }
    if let first = prefix.first(where: { !isSpace($0) }), first == UInt8(ascii: "[") { return true }
    return firstJSONKey(prefix).map(["events", "history", "workflowExecutionHistory"].contains) ?? false
  }

  /// How many bytes of a file tell whether it is worth reading.
  static let prefixSize = 4096

  /// The first key of a JSON object.
  private static func firstJSONKey(_ prefix: [UInt8]) -> String? {
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var rest = prefix.starts(with: byteOrderMark) ? prefix.dropFirst(3) : prefix[...]
    rest = rest.drop(while: isSpace)
    guard rest.first == UInt8(ascii: "{") else { return nil }
    rest = rest.dropFirst().drop(while: isSpace)
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    return String(decoding: rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
