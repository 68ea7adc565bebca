/// Counts lines on the way through a text.
struct LineCounter {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0
  private var line: UInt32 = 1

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// The line, from 1, of an offset. Offsets must not decrease from call to call.
  mutating func line(at target: Int) -> UInt32 {
    let target = min(target, bytes.count)
    guard offset < target else { return line }
    var count: UInt32 = 0
    for byte in UnsafeBufferPointer(rebasing: bytes[offset..<target]) where byte == UInt8(ascii: "\n") { count &+= 1 }
    offset = target
    line &+= count
    return line
  }
}
