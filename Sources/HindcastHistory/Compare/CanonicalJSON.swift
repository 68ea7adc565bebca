#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes canonical values of the JSON in payloads.
enum CanonicalJSON {
  /// The value that bytes encode, or `nil` when they are not JSON.
  static func value(_ data: Data, _ names: inout CanonicalNames) -> CanonicalValue? {
    data.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes.bindMemory(to: UInt8.self))
      guard let parsed = try? value(&scanner, depth: 0), scanner.peekOrEnd() == nil else { return nil }
      return canonical(parsed, &names)
    }
  }

  private static func value(_ scanner: inout JSONScanner, depth: Int) throws -> CanonicalValue {
    guard depth < JSONScanner.depthLimit else { throw scanner.fault(.depth, "the JSON is nested too deeply") }
    switch try scanner.peek() {
    case UInt8(ascii: "{"):
      var members: [CanonicalValue.Member] = []
      var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
      while more {
        let key = try scanner.string(of: "a key")
        try scanner.expect(UInt8(ascii: ":"))
        members.append(CanonicalValue.Member(key: key, value: try value(&scanner, depth: depth + 1)))
        more = try scanner.next(closedBy: UInt8(ascii: "}"))
      }
      return .object(members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    case UInt8(ascii: "["):
      var elements: [CanonicalValue] = []
      var more = try scanner.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
      while more {
        elements.append(try value(&scanner, depth: depth + 1))
        more = try scanner.next(closedBy: UInt8(ascii: "]"))
      }
      return .array(elements)
    case UInt8(ascii: "\""): return .text(try scanner.string(of: "a string"))
    case UInt8(ascii: "t"), UInt8(ascii: "f"):
      let isTrue = scanner.base[scanner.position] == UInt8(ascii: "t")
      try scanner.literal(isTrue ? "true" : "false")
      return .boolean(isTrue)
    case UInt8(ascii: "n"):
      try scanner.literal("null")
      return .null
    default:
      let range = try scanner.number()
      return .number(
        String(decoding: UnsafeBufferPointer(start: scanner.base + range.lowerBound, count: range.count), as: UTF8.self)
      )
    }
  }

  private static func canonical(_ value: CanonicalValue, _ names: inout CanonicalNames) -> CanonicalValue {
    switch value {
    case .null, .boolean, .number: return value
    case .text(let text): return .text(names.canonical(text))
    case .array(let elements): return .array(elements.map { canonical($0, &names) })
    case .object(let members):
      // Markers of local activities keep times as seconds and nanoseconds.
      if !members.isEmpty, members.allSatisfy({ $0.key == "seconds" || $0.key == "nanos" }) { return .text("<time>") }
      return .object(
        members.map { CanonicalValue.Member(key: names.canonical($0.key), value: canonical($0.value, &names)) })
    }
  }
}
