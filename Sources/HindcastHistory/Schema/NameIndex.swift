/// A read-only hash table from names to numbers, looked up by bytes.
///
/// It is built once, when the schema is loaded, and lives as long as the process: readers on any thread then use it without
/// counting references, which would cost more than the look-up.
struct NameIndex: @unchecked Sendable {
  private struct Slot {
    var name: UnsafePointer<UInt8>?
    var count: Int
    var value: Int32
  }

  private let slots: UnsafePointer<Slot>
  private let mask: Int

  /// Indexes names; of equal names the first one counts.
  init(_ names: [(name: String, value: Int32)]) {
    var capacity = 4
    while capacity < names.count * 2 { capacity *= 2 }
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
    slots.initialize(repeating: Slot(name: nil, count: 0, value: 0), count: capacity)
    mask = capacity - 1
    self.slots = UnsafePointer(slots)
    for (name, value) in names {
      let bytes = PermanentBytes.copy(of: name)
      guard let start = bytes.baseAddress, self[start, bytes.count] == nil else { continue }
      var slot = Self.hash(start, bytes.count) & mask
      while slots[slot].name != nil { slot = (slot + 1) & mask }
      slots[slot] = Slot(name: start, count: bytes.count, value: value)
    }
  }

  /// The number of a name, or `nil` when it has none.
  @inline(__always)
  subscript(start: UnsafePointer<UInt8>, count: Int) -> Int32? {
    var slot = Self.hash(start, count) & mask
    while let name = slots[slot].name {
      if slots[slot].count == count && bytesEqual(name, start, count) { return slots[slot].value }
      slot = (slot + 1) & mask
    }
    return nil
  }

  @inline(__always)
  private static func hash(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(truncatingIfNeeded: count) &* factor
    var offset = 0
    while offset &+ 8 <= count {
      hash = (hash ^ loadWord(start + offset)) &* factor
      hash ^= hash >> 32
      offset &+= 8
    }
    while offset < count {
      hash = (hash ^ UInt64(start[offset])) &* factor
      offset &+= 1
    }
    return Int(truncatingIfNeeded: hash ^ (hash >> 29))
  }
}

/// Bytes that live as long as the process.
enum PermanentBytes {
  static func copy(of text: String) -> UnsafeBufferPointer<UInt8> {
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    _ = bytes.initialize(from: text.utf8)
    return UnsafeBufferPointer(bytes)
  }
}

/// Eight bytes as a number whose lowest byte is the first.
@inline(__always)
func loadWord(_ start: UnsafePointer<UInt8>) -> UInt64 {
  UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
}

/// Whether two runs of bytes are equal.
@inline(__always)
func bytesEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  var offset = 0
  while offset &+ 8 <= count {
    if loadWord(left + offset) != loadWord(right + offset) { return false }
    offset &+= 8
  }
  while offset < count {
    if left[offset] != right[offset] { return false }
    offset &+= 1
  }
  return true
}
