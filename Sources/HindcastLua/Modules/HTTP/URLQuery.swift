import Foundation

/// Query strings and forms as Go's `net/url` writes them.
enum URLQuery {
  /// Why a text cannot be unescaped; Go's wording.
  struct InvalidEscape: Error, Hashable, CustomStringConvertible {
    let text: String
    var description: String { "invalid URL escape \"\(text)\"" }
  }

  /// All but letters, digits and `-_.~` as `%XX`; a space as `+`.
  static func escape(_ bytes: some Sequence<UInt8>) -> String {
    var escaped: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "~"):
        escaped.append(byte)
      case UInt8(ascii: " "): escaped.append(UInt8(ascii: "+"))
      default: escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }

  static func escape(_ text: String) -> String { escape(text.utf8) }

  /// The bytes that an escaped text stands for.
  static func unescape(_ bytes: [UInt8]) throws(InvalidEscape) -> [UInt8] {
    var plain: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): plain.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.first.flatMap(digit), let low = rest.dropFirst().first.flatMap(digit) else {
          throw InvalidEscape(text: String(decoding: [byte] + rest.prefix(2), as: UTF8.self))
        }
        plain.append(high << 4 | low)
        rest = rest.dropFirst(2)
      default: plain.append(byte)
      }
    }
    return plain
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Fields as `a=1&b=2`, sorted by name.
  static func encode(_ fields: [String: String]) -> String { encode(fields.mapValues { [$0] }) }

  private static func encode(_ fields: [String: [String]]) -> String {
    fields.sorted { $0.key < $1.key }.flatMap { name, values in
      values.map { "\(escape(name))=\(escape($0))" }
    }.joined(separator: "&")
  }

  /// A URL whose query has these fields as well; those that it has of the same name are replaced.
  static func adding(_ fields: [String: String], to url: String) -> String {
    guard !fields.isEmpty else { return url }
    let fragmentStart = url.firstIndex(of: "#") ?? url.endIndex
    let withoutFragment = url[..<fragmentStart]
    let queryStart = withoutFragment.firstIndex(of: "?") ?? fragmentStart
    var all: [String: [String]] = [:]
    for pair in url[queryStart..<fragmentStart].dropFirst().split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // What cannot be read is left out, as Go does.
      guard let name = plain(parts[0]), let value = parts.count > 1 ? plain(parts[1]) : "" else { continue }
      all[name, default: []].append(value)
    }
    for (name, value) in fields { all[name] = [value] }
    return "\(url[..<queryStart])?\(encode(all))\(url[fragmentStart...])"
  }

  private static func plain(_ text: Substring) -> String? {
    do throws(InvalidEscape) {
      return String(decoding: try unescape(Array(text.utf8)), as: UTF8.self)
    } catch {
      return nil
    }
  }
}
