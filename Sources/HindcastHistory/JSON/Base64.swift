/// Base64 in the standard and the URL-safe alphabet, padded or not.
enum Base64 {
  /// The value of each character; 0xFF for characters outside both alphabets.
  nonisolated(unsafe) private static let values: UnsafePointer<UInt8> = {
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    table.initialize(repeating: 0xFF, count: 256)
    for (value, byte) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
      table[Int(byte)] = UInt8(value)
    }
    table[Int(UInt8(ascii: "-"))] = 62
    table[Int(UInt8(ascii: "_"))] = 63
    return UnsafePointer(table)
  }()

  /// How many bytes some text decodes to at most.
  static func capacity(for count: Int) -> Int {
    count / 4 * 3 + 3
  }

  /// Decodes text into memory of at least `capacity(for:)` bytes.
  ///
  /// - Returns: how many bytes were written, or `nil` when the text is not base64.
  static func decode(_ start: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<UInt8>) -> Int? {
    var count = count
    if count & 3 == 0 {
      // Padding stands only where it completes four characters.
      if count > 0, start[count - 1] == UInt8(ascii: "=") { count -= 1 }
      if count & 3 == 3, start[count - 1] == UInt8(ascii: "=") { count -= 1 }
    }
    let values = self.values
    var scan = 0
    var written = 0
    while scan &+ 4 <= count {
      let a = values[Int(start[scan])]
      let b = values[Int(start[scan &+ 1])]
      let c = values[Int(start[scan &+ 2])]
      let d = values[Int(start[scan &+ 3])]
      guard a | b | c | d < 64 else { return nil }
      out[written] = a << 2 | b >> 4
      out[written &+ 1] = b << 4 | c >> 2
      out[written &+ 2] = c << 6 | d
      scan &+= 4
      written &+= 3
    }
    switch count &- scan {
    case 0: break
    case 2, 3:
      let a = values[Int(start[scan])]
      let b = values[Int(start[scan &+ 1])]
      let c = count &- scan == 3 ? values[Int(start[scan &+ 2])] : 0
      guard a | b | c < 64 else { return nil }
      out[written] = a << 2 | b >> 4
      written &+= 1
      if count &- scan == 3 {
        out[written] = b << 4 | c >> 2
        written &+= 1
      }
    default: return nil
    }
    return written
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Appends bytes in the standard alphabet, padded.
  static func encode(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) {
    let alphabet = self.alphabet
    var scan = 0
    while scan &+ 3 <= bytes.count {
      let (a, b, c) = (bytes[scan], bytes[scan &+ 1], bytes[scan &+ 2])
      out.append(alphabet[Int(a >> 2)])
      out.append(alphabet[Int((a & 3) << 4 | b >> 4)])
      out.append(alphabet[Int((b & 15) << 2 | c >> 6)])
      out.append(alphabet[Int(c & 63)])
      scan &+= 3
    }
    guard scan < bytes.count else { return }
    let a = bytes[scan]
    let b = scan &+ 1 < bytes.count ? bytes[scan &+ 1] : 0
    out.append(alphabet[Int(a >> 2)])
    out.append(alphabet[Int((a & 3) << 4 | b >> 4)])
    out.append(scan &+ 1 < bytes.count ? alphabet[Int((b & 15) << 2)] : UInt8(ascii: "="))
    out.append(UInt8(ascii: "="))
  }
}
