/// Walks over the fields of a binary message without decoding what they hold.
struct WireReader {
  /// The first byte of a message that begins with a string, bytes or message in field 1.
  static let firstFieldTag: UInt8 = 0x0A

  /// One field: its number and, where it has a length, the range of its content.
  struct Field {
    var number: Int
    var content: Range<Int>?
  }

  private let bytes: UnsafeRawBufferPointer
  private let offset: Int
  private(set) var position = 0

  /// - Parameter offset: where the bytes begin in the file, for faults.
  init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The next field, or `nil` at the end.
  mutating func next() throws -> Field? {
    guard position < bytes.count else { return nil }
    let start = position
    let tag = try varint()
    let number = Int(truncatingIfNeeded: tag >> 3)
    guard number > 0, tag >> 3 <= 536_870_911 else { throw fault(at: start, "a field has no number") }
    switch tag & 7 {
    case 0: _ = try varint()
    case 1: try skip(8)
    case 5: try skip(4)
    case 2:
      let count = try varint()
      guard count <= UInt64(bytes.count - position) else { throw truncated() }
      let content = position..<position + Int(count)
      position = content.upperBound
      return Field(number: number, content: content)
    default: throw fault(at: start, "a field has an unknown wire type")
    }
    return Field(number: number)
  }

  /// Whether bytes are a whole message, going by the outermost fields only.
  static func isMessage(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var wire = WireReader(bytes)
    while true {
      guard let field = try? wire.next() else { return wire.position == bytes.count }
      if field.number > 3 { return false }
    }
  }

  private mutating func skip(_ count: Int) throws {
    guard count <= bytes.count - position else { throw truncated() }
    position += count
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { throw truncated() }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw fault(at: position, "a number is longer than ten bytes")
  }

  private func truncated() -> ReadFault {
    ReadFault(
      code: .truncated, offset: offset + bytes.count, message: "the file ends in the middle of a message",
      hint: "It may have been cut off while it was copied")
  }

  private func fault(at position: Int, _ message: String) -> ReadFault {
    ReadFault(code: .binary, offset: offset + position, message: "the bytes are no protobuf message: \(message)")
  }
}
