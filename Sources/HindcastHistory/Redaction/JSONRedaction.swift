/// Writes a JSON text with stand-ins for its strings, and on request its numbers; all else stays byte by byte.
struct JSONRedaction {
  let pseudonyms: Pseudonyms
  /// Whether numbers get stand-ins as well.
  let includesNumbers: Bool
  /// Keys whose values stay.
  let keptKeys: Set<String>
  /// Whether a string stays.
  let keepsString: (String) -> Bool

  /// The text with stand-ins.
  /// - Throws: a `ReadFault` when the bytes are no JSON.
  func redacted(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [UInt8] {
    var walk = Walk(rules: self, scanner: JSONScanner(bytes))
    try walk.value(depth: 0)
    guard walk.scanner.peekOrEnd() == nil else { throw walk.scanner.unexpected("the end") }
    walk.copy(upTo: bytes.count)
    return walk.out
  }

  private struct Walk {
    let rules: JSONRedaction
    var scanner: JSONScanner
    var out: [UInt8] = []
    private var copied = 0

    init(rules: JSONRedaction, scanner: JSONScanner) {
      self.rules = rules
      self.scanner = scanner
    }

    mutating func copy(upTo end: Int) {
      out += UnsafeBufferPointer(start: scanner.base + copied, count: end - copied)
      copied = end
    }

    private mutating func replace(_ range: Range<Int>, with bytes: some Sequence<UInt8>) {
      copy(upTo: range.lowerBound)
      out += bytes
      copied = range.upperBound
    }

    mutating func value(depth: Int) throws {
      guard depth < JSONScanner.depthLimit else { throw scanner.fault(.depth, "values are nested too deep") }
      switch try scanner.peek() {
      case UInt8(ascii: "{"):
        var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
        while more {
          let key = try scanner.string(of: "a key")
          try scanner.expect(UInt8(ascii: ":"))
          if rules.keptKeys.contains(key) { try scanner.skipValue(depth: depth) } else { try value(depth: depth + 1) }
          more = try scanner.next(closedBy: UInt8(ascii: "}"))
        }
      case UInt8(ascii: "["):
        var more = try scanner.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
        while more {
          try value(depth: depth + 1)
          more = try scanner.next(closedBy: UInt8(ascii: "]"))
        }
      case UInt8(ascii: "\""):
        let raw = try scanner.rawString(of: "a string")
        let text = try scanner.text(of: raw)
        if rules.keepsString(text) || (!rules.includesNumbers && DurationText.isDuration(text)) { return }
        var quoted = JSONText(isIndented: false)
        quoted.text(rules.pseudonyms.standIn(for: text))
        replace(raw.start - 1..<raw.start + raw.count + 1, with: quoted.out)
      case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): try scanner.skipValue()
      default:
        let range = try scanner.number()
        guard rules.includesNumbers else { return }
        let digits = UnsafeBufferPointer(start: scanner.base + range.lowerBound, count: range.count)
        replace(range, with: rules.pseudonyms.standIn(forNumber: String(decoding: digits, as: UTF8.self)).utf8)
      }
    }
  }
}
