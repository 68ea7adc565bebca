/// A file that may hold registry entries, told from the many that do not.
enum RegistryFile {
  /// The keys at the top of a registry file.
  static let topLevelKeys = ["version", "namespace", "meta", "entries", "name", "kind", "requirements"]

  /// Whether a file was likely meant as a registry file: only then is it the user's concern that it cannot be read. The
  /// beginning of a file tells as well as the whole of it, as a rule.
  static func isMeant(_ path: String, bytes: [UInt8]) -> Bool {
    if Path.name(path).hasPrefix("_index.") { return true }
    if path.hasSuffix(".json") { return hasTopLevelKey("namespace", in: bytes) }
    return bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "namespace:".utf8) }
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

  /// Whether an object of JSON has a field, as far as the text goes; nothing is said of what is no JSON.
  private static func hasTopLevelKey(_ key: String, in bytes: [UInt8]) -> Bool {
    let quotedKey = Array("\"\(key)\"".utf8)
    var depth = 0
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        let start = index
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        if depth == 1, index < bytes.count, bytes[start...index].elementsEqual(quotedKey),
          bytes[(index + 1)...].first(where: { !isSpace($0) }) == UInt8(ascii: ":")
        {
          return true
        }
      default: break
      }
      index += 1
    }
    return false
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
