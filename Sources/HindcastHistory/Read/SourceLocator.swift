/// Puts offsets of a JSON text into words: the JSON pointer and the event.
///
/// Nothing of this is kept while the text is decoded; the text is walked again for the few offsets that matter. The walk takes
/// what it finds, as the text may be damaged.
struct SourceLocator {
  /// A place in words.
  struct Place: Equatable {
    var pointer: String
    var eventID: Int64?
  }

  private struct Level {
    var isArray: Bool
    var index = 0
    var key: Range<Int>?
    var expectsKey: Bool
    var eventID: Int64?
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let isSequence: Bool
  private var levels: [Level] = []
  private var valuesBefore = 0

  /// - Parameter isSequence: whether the text holds several values, so that pointers begin with the place of one.
  init(_ bytes: UnsafeBufferPointer<UInt8>, isSequence: Bool) {
    self.bytes = bytes
    self.isSequence = isSequence
  }

  /// The line and the column of an offset, from 1, the column in bytes.
  static func lineAndColumn(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (line: Int, column: Int) {
    let before = bytes.prefix(offset)
    let line = before.reduce(into: 1) { if $1 == UInt8(ascii: "\n") { $0 += 1 } }
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return (line, min(offset, bytes.count) - lineStart + 1)
  }

  /// The places of offsets, which must ascend.
  mutating func places(of offsets: [Int]) -> [Place] {
    var places: [Place] = []
    places.reserveCapacity(offsets.count)
    var position = 0
    while places.count < offsets.count, position < bytes.count {
      let start = position
      let isKey = levels.last?.expectsKey ?? false
      position = endOfToken(at: start)
      if isKey, bytes[start] == UInt8(ascii: "\"") {
        levels[levels.count - 1].key = start + 1..<max(position - 1, start + 1)
        levels[levels.count - 1].expectsKey = false
      }
      while places.count < offsets.count, offsets[places.count] < position { places.append(here()) }
      take(start..<position, isKey: isKey)
    }
    while places.count < offsets.count { places.append(here()) }
    return places
  }

  private func endOfToken(at start: Int) -> Int {
    switch bytes[start] {
    case UInt8(ascii: "\""):
      var scan = start + 1
      while scan < bytes.count, bytes[scan] != UInt8(ascii: "\"") {
        scan += bytes[scan] == UInt8(ascii: "\\") ? 2 : 1
      }
      return min(scan + 1, bytes.count)
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
      UInt8(ascii: ":"),
      0...0x20:
      return start + 1
    default:
      // A number or a literal name, or what should have been one.
      var scan = start + 1
      while scan < bytes.count, bytes[scan] > 0x20, !Self.isPunctuation(bytes[scan]) { scan += 1 }
      return scan
    }
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
      UInt8(ascii: ":"),
      UInt8(ascii: "\""):
      true
    default: false
    }
  }

  private mutating func take(_ token: Range<Int>, isKey: Bool) {
    switch bytes[token.lowerBound] {
    case UInt8(ascii: "{"): levels.append(Level(isArray: false, expectsKey: true))
    case UInt8(ascii: "["): levels.append(Level(isArray: true, expectsKey: false))
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if !levels.isEmpty { levels.removeLast() }
      if levels.isEmpty { valuesBefore += 1 }
    case UInt8(ascii: ","):
      guard let last = levels.indices.last else { return }
      if levels[last].isArray {
        levels[last].index += 1
      } else {
        levels[last].expectsKey = true
        levels[last].key = nil
      }
    default:
      guard !isKey, let last = levels.last, let key = last.key, last.eventID == nil, isEventIDKey(key) else { return }
      let digits = text(token).filter { $0 != "\"" }
      levels[levels.count - 1].eventID = Int64(digits)
    }
  }

  private func isEventIDKey(_ key: Range<Int>) -> Bool {
    guard key.count == 7 || key.count == 8 else { return false }
    let name = text(key)
    return name == "eventId" || name == "event_id"
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  private func here() -> Place {
    var pointer = isSequence || valuesBefore > 0 ? "/\(valuesBefore)" : ""
    for level in levels {
      if level.isArray {
        pointer += "/\(level.index)"
      } else if let key = level.key {
        pointer += "/" + Self.escaped(text(key))
      }
    }
    return Place(pointer: pointer, eventID: levels.lazy.compactMap(\.eventID).first)
  }

  /// A key as a part of a JSON pointer.
  static func escaped(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
    return key.reduce(into: "") { $0 += $1 == "~" ? "~0" : $1 == "/" ? "~1" : String($1) }
  }
}
