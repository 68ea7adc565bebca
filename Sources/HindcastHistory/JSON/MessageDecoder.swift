import SwiftProtobuf
import TemporalAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decodes messages straight from the bytes of a JSON text, with every leniency of spec/replay.md, 1.2 and 1.4.
///
/// SwiftProtobuf's generated code asks for one field after the other (`nextFieldNumber`) and for its value. No tree of the
/// text is ever made. What had to be interpreted is noted by offset; places are put into words only when they are reported.
struct MessageDecoder: Decoder {
  /// How deep messages may be nested; protobuf's own limit.
  static let depthLimit = 100

  var scanner: JSONScanner
  var notes: [RawNote] = []
  private(set) var frame: Frame
  private var depth = 0
  /// The value handed out by the states `.seconds` and `.nanos`.
  private var time: TimeText.Value = (0, 0)
  var memory: DecoderMemory

  /// Where the decoder stands in one message.
  struct Frame {
    enum State: UInt8 {
      case first
      case further
      case seconds
      case nanos
      case done
    }

    var table: UnsafePointer<MessageTable>
    var field: UnsafePointer<FieldTable>?
    var state: State
    /// Whether the present key occurred before.
    var isRepeat = false
    /// The places of the fields seen.
    var seen: (UInt64, UInt64) = (0, 0)

    init(table: UnsafePointer<MessageTable>, state: State = .first) {
      self.table = table
      self.state = state
    }
  }

  init(scanner: JSONScanner) {
    self.scanner = scanner
    frame = Frame(table: Schema.shared.table(named: ""))
    memory = DecoderMemory()
  }

  /// Decodes the object that is next as a message of a type.
  mutating func message<M: Message>(_ type: M.Type, table: UnsafePointer<MessageTable>) throws -> M {
    guard try scanner.peek() == UInt8(ascii: "{") else { throw expected("an object") }
    scanner.position &+= 1
    return try fields(of: type, frame: Frame(table: table))
  }

  /// Decodes the fields of a message in a frame of its own.
  @inline(__always)
  private mutating func fields<M: Message>(of type: M.Type, frame inner: Frame) throws -> M {
    guard depth < Self.depthLimit else {
      throw scanner.fault(.depth, "messages are nested more than \(Self.depthLimit) deep")
    }
    let outer = frame
    frame = inner
    depth &+= 1
    var message = M()
    try message.decodeMessage(decoder: &self)
    depth &-= 1
    frame = outer
    return message
  }

  /// Decodes the value that is next as a message of a field's type, in whichever form it is written.
  mutating func value<M: Message>(_ type: M.Type, table: UnsafePointer<MessageTable>) throws -> M {
    switch table.pointee.kind {
    case .plain: return try message(type, table: table)
    case .timestamp:
      guard try scanner.peek() == UInt8(ascii: "\"") else { return try message(type, table: table) }
      time = try timeText("a time such as 2026-01-02T03:04:05Z", TimeText.timestamp)
      return try fields(of: type, frame: Frame(table: table, state: .seconds))
    case .duration:
      guard try scanner.peek() == UInt8(ascii: "\"") else { return try message(type, table: table) }
      time = try timeText("a duration such as 1.5s", TimeText.duration)
      return try fields(of: type, frame: Frame(table: table, state: .seconds))
    case .payload:
      guard let payload = try payload() as? M else { throw expected("a message") }
      return payload
    case .payloads:
      guard try scanner.peek() == UInt8(ascii: "[") else { return try message(type, table: table) }
      guard let payloads = try shorthandPayloads() as? M else { throw expected("a message") }
      return payloads
    }
  }

  private mutating func timeText(
    _ what: String, _ read: (UnsafeBufferPointer<UInt8>) -> TimeText.Value?
  ) throws -> TimeText.Value {
    let raw = try scanner.rawString(of: what)
    let bytes = UnsafeBufferPointer(start: scanner.base + raw.start, count: raw.count)
    if let value = read(bytes) { return value }
    if raw.hasEscapes {
      let value = try scanner.unescapedBytes(raw).withUnsafeBufferPointer(read)
      if let value { return value }
    }
    let shown = String(decoding: bytes.prefix(40), as: UTF8.self)
    throw scanner.fault(.value, "expected \(what), found “\(shown)”", at: raw.start)
  }

  // MARK: Fields

  mutating func nextFieldNumber() throws -> Int? {
    switch frame.state {
    case .first:
      guard try scanner.peek() != UInt8(ascii: "}") else {
        scanner.position &+= 1
        return nil
      }
      frame.state = .further
    case .further:
      guard try scanner.next(closedBy: UInt8(ascii: "}")) else { return nil }
    case .seconds:
      return 1
    case .nanos:
      return 2
    case .done:
      return nil
    }
    while true {
      if let number = try key() { return number }
      guard try scanner.next(closedBy: UInt8(ascii: "}")) else { return nil }
    }
  }

  /// Reads a key and its colon; `nil` when its value does not count and was passed over.
  @inline(__always)
  private mutating func key() throws -> Int? {
    let raw = try scanner.rawString(of: "a key")
    try scanner.expect(UInt8(ascii: ":"))
    let table = frame.table
    let place =
      raw.hasEscapes
      ? try scanner.unescapedBytes(raw).withUnsafeBufferPointer { bytes in
        bytes.baseAddress.flatMap { table.pointee.index[$0, bytes.count] }
      } : table.pointee.index[scanner.base + raw.start, raw.count]
    guard let place, let fields = table.pointee.fields.baseAddress else {
      notes.append(RawNote(kind: .unknownField, offset: try valueOffset(), value: try scanner.text(of: raw)))
      try scanner.skipValue()
      return nil
    }
    if try scanner.skipNull() { return nil }
    let bit: UInt64 = 1 << UInt64(place & 63)
    if place < 64 {
      frame.isRepeat = frame.seen.0 & bit != 0
      frame.seen.0 |= bit
    } else {
      frame.isRepeat = frame.seen.1 & bit != 0
      frame.seen.1 |= bit
    }
    if frame.isRepeat {
      notes.append(RawNote(kind: .duplicateKey, offset: try valueOffset(), value: try scanner.text(of: raw)))
    }
    frame.field = fields + Int(place)
    return Int(frame.field?.pointee.number ?? 0)
  }

  /// The offset of the value that is next.
  mutating func valueOffset() throws -> Int {
    _ = try scanner.peek()
    return scanner.position
  }

  mutating func handleConflictingOneOf() throws {
    // A key that occurs twice is only a duplicate: the last one counts.
    guard !frame.isRepeat else { return }
    throw scanner.fault(
      .conflictingAttributes, "“\(fieldName)” conflicts with another field of the same message: only one may be present"
    )
  }

  /// The present field's name, for faults.
  var fieldName: String {
    frame.field.map { String(decoding: $0.pointee.jsonName, as: UTF8.self) } ?? "value"
  }

  /// A fault that names what the present field holds and what stands there.
  func expected(_ what: String) -> ReadFault {
    scanner.position < scanner.end
      ? scanner.fault(.value, "“\(fieldName)” is \(what), found \(scanner.found())") : scanner.truncated()
  }

  // MARK: Values

  @inline(__always)
  mutating func integer<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
    switch frame.state {
    case .seconds:
      frame.state = .nanos
      return I(truncatingIfNeeded: time.seconds)
    case .nanos:
      frame.state = .done
      return I(truncatingIfNeeded: time.nanos)
    default:
      return try scanner.integer(as: type)
    }
  }

  mutating func boolean() throws -> Bool {
    switch try scanner.peek() {
    case UInt8(ascii: "t"):
      try scanner.literal("true")
      return true
    case UInt8(ascii: "f"):
      try scanner.literal("false")
      return false
    case UInt8(ascii: "\""):
      let start = scanner.position
      switch try scanner.string(of: "a boolean") {
      case "true": return true
      case "false": return false
      default:
        scanner.position = start
        throw expected("true or false")
      }
    default:
      throw expected("true or false")
    }
  }

  mutating func text() throws -> String {
    guard try scanner.peek() == UInt8(ascii: "\"") else { throw expected("a string") }
    let raw = try scanner.rawString(of: "a string")
    // Short strings need no memory of their own.
    guard raw.count > 15, !raw.hasEscapes, let field = frame.field else { return try scanner.text(of: raw) }
    let serial = Int(field.pointee.serial)
    if let same = memory.string(serial, scanner.base, raw) { return same }
    let text = try scanner.text(of: raw)
    memory.remember(text, raw, for: serial)
    return text
  }

  mutating func bytes() throws -> Data {
    guard try scanner.peek() == UInt8(ascii: "\"") else { throw expected("a base64 string") }
    let start = scanner.position
    guard let data = try base64() else {
      scanner.position = start
      throw scanner.fault(.value, "“\(fieldName)” is not base64")
    }
    return data
  }

  /// Reads a string as base64; `nil` when it is none.
  mutating func base64() throws -> Data? {
    let raw = try scanner.rawString(of: "a base64 string")
    if raw.hasEscapes {
      // Some exporters write “=” as “\u003d”.
      return try scanner.unescapedBytes(raw).withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map { memory.decode($0, bytes.count) } ?? Data()
      }
    }
    return memory.decode(scanner.base + raw.start, raw.count)
  }

  mutating func enumValue<E: Enum>(_ type: E.Type) throws -> E where E.RawValue == Int {
    let number: Int
    if try scanner.peek() == UInt8(ascii: "\"") {
      let start = scanner.position
      let raw = try scanner.rawString(of: "a name")
      let values = frame.field?.pointee.values
      if let known = values?.pointee.index[scanner.base + raw.start, raw.count] {
        number = Int(known)
      } else {
        let name = try scanner.text(of: raw)
        if let known = raw.hasEscapes ? values?.pointee.number(of: name) : nil {
          number = Int(known)
        } else if let written = Int32(name) {
          number = Int(written)
        } else {
          number = 0
          notes.append(RawNote(kind: .unknownEnumName, offset: start, value: name))
        }
      }
    } else {
      guard scanner.base[scanner.position] == UInt8(ascii: "-") || scanner.base[scanner.position] &- 0x30 < 10 else {
        throw expected("the name or the number of an enum value")
      }
      number = Int(try scanner.integer(as: Int32.self))
    }
    return E(rawValue: number) ?? E()
  }

  // MARK: Arrays and objects

  /// Decodes an array, element by element.
  @inline(__always)
  mutating func array<T>(_ values: inout [T], _ element: (inout Self) throws -> T) throws {
    if frame.isRepeat { values.removeAll() }
    guard try scanner.peek() == UInt8(ascii: "[") else { throw expected("an array") }
    var more = try scanner.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
    while more {
      values.append(try element(&self))
      more = try scanner.next(closedBy: UInt8(ascii: "]"))
    }
  }

  /// Decodes an object with arbitrary keys, entry by entry.
  @inline(__always)
  mutating func map<Key: Hashable, Value>(
    _ values: inout [Key: Value], _ key: (inout Self) throws -> Key?, _ value: (inout Self) throws -> Value?
  ) throws {
    if frame.isRepeat { values.removeAll() }
    guard try scanner.peek() == UInt8(ascii: "{") else { throw expected("an object") }
    var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    while more {
      let entryKey = try key(&self)
      try scanner.expect(UInt8(ascii: ":"))
      let offset = try valueOffset()
      if let entryKey, let entry = try value(&self), values.updateValue(entry, forKey: entryKey) != nil {
        notes.append(RawNote(kind: .duplicateKey, offset: offset, value: "\(entryKey)"))
      }
      more = try scanner.next(closedBy: UInt8(ascii: "}"))
    }
  }
}
