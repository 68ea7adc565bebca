import CZlib

/// A form that zlib packs data in.
enum ZlibFormat: String, CaseIterable {
  case gzip, deflate, zlib

  /// Why data cannot be unpacked.
  enum Failure: Error {
    /// It does not begin as the format does.
    case badStart
    case damaged
    case tooLarge
  }

  /// What tells zlib the format: the window's size, raised for gzip, negative for none around the data.
  private var windowBits: Int32 {
    switch self {
    case .gzip: 16 + MAX_WBITS
    case .deflate: -MAX_WBITS
    case .zlib: MAX_WBITS
    }
  }

  /// Packs data; nil where memory is out.
  func compress(_ data: [UInt8], level: Int32) -> [UInt8]? {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    var packed: [UInt8] = []
    let status = Self.run(&stream, data, into: &packed, limit: .max) { CZlib.deflate(&$0, Z_FINISH) }
    return status == Z_STREAM_END ? packed : nil
  }

  /// Unpacks data, up to so many bytes.
  func decompress(_ data: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    guard hasStart(data) else { throw .badStart }
    var stream = z_stream()
    guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .damaged
    }
    defer { inflateEnd(&stream) }
    var content: [UInt8] = []
    let status = Self.run(&stream, data, into: &content, limit: limit) { CZlib.inflate(&$0, Z_NO_FLUSH) }
    if content.count > limit { throw .tooLarge }
    guard status == Z_STREAM_END else { throw .damaged }
    return content
  }

  private func hasStart(_ data: [UInt8]) -> Bool {
    switch self {
    case .gzip: data.count >= 10 && data[0] == 0x1F && data[1] == 0x8B && data[2] == 8
    case .deflate: true
    case .zlib: data.count >= 2 && data[0] & 15 == 8 && (Int(data[0]) << 8 | Int(data[1])) % 31 == 0
    }
  }

  /// Lets zlib work until it has nothing to add, or has made more than the limit.
  private static func run(
    _ stream: inout z_stream, _ input: [UInt8], into output: inout [UInt8], limit: Int,
    _ step: (inout z_stream) -> Int32
  ) -> Int32 {
    var input = input
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    return input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(clamping: input.count)
      while true {
        let (status, count) = chunk.withUnsafeMutableBufferPointer { chunk in
          stream.next_out = chunk.baseAddress
          stream.avail_out = UInt32(chunk.count)
          let status = step(&stream)
          return (status, chunk.count - Int(stream.avail_out))
        }
        output += chunk[..<count]
        if status != Z_OK || count == 0 || output.count > limit { return status }
      }
    }
  }
}
