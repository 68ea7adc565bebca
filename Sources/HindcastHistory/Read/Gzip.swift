import CZlib

/// Undoes gzip.
package enum Gzip {
  /// Whether bytes begin like a gzip file.
  static func isCompressed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// The content of gzip bytes, as ``decompress(_:limit:)-(UnsafeRawBufferPointer,_)`` has it.
  package static func decompress(_ bytes: [UInt8], limit: Int) throws(ReadFault) -> [UInt8] {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(ReadFault) in try decompress(bytes, limit: limit) }
    }
    return try result.get()
  }

  /// The content of a gzip file, of all its members.
  ///
  /// - Parameter limit: how many bytes the content may have; a small file can stand for any amount.
  static func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(ReadFault) -> [UInt8] {
    var stream = z_stream()
    // 16 asks for the gzip format, 15 for the largest window.
    guard inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw ReadFault(code: .compression, offset: 0, message: "zlib cannot be set up")
    }
    defer { inflateEnd(&stream) }
    var content: [UInt8] = []
    content.reserveCapacity(min(limit, bytes.count &* 6))
    // A request of some hundred bytes is sooner undone than the large buffer is cleared that suits a file.
    var chunk = [UInt8](repeating: 0, count: max(1 << 10, min(1 << 18, bytes.count &* 8)))
    var position = 0
    while true {
      let (status, read, written) = inflateOnce(&stream, bytes, from: position, into: &chunk)
      position += read
      guard content.count + written <= limit else {
        throw ReadFault(
          code: .tooLarge, offset: position, message: "the decompressed content is larger than \(limit) bytes",
          hint: "Decompress the file yourself if it is what you expect")
      }
      content.append(contentsOf: chunk[..<written])
      if status == Z_STREAM_END {
        guard isCompressed(UnsafeRawBufferPointer(rebasing: bytes[position...])) else { return content }
        inflateReset(&stream)
      } else if status != Z_OK || read == 0 && written == 0 {
        let isCut = position >= bytes.count
        throw ReadFault(
          code: isCut ? .truncated : .compression, offset: position,
          message: isCut ? "the gzip stream ends too early" : "the gzip stream is damaged",
          hint: isCut ? "The file may have been cut off while it was copied" : nil)
      }
    }
  }

  private static func inflateOnce(
    _ stream: inout z_stream, _ bytes: UnsafeRawBufferPointer, from position: Int, into chunk: inout [UInt8]
  ) -> (status: Int32, read: Int, written: Int) {
    let available = min(bytes.count - position, 1 << 30)
    // zlib takes its input as mutable but does not change it.
    let start = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + position) }
    stream.next_in = start?.assumingMemoryBound(to: Bytef.self)
    stream.avail_in = UInt32(available)
    return chunk.withUnsafeMutableBufferPointer { buffer in
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(buffer.count)
      let status = inflate(&stream, Z_NO_FLUSH)
      return (status, available - Int(stream.avail_in), buffer.count - Int(stream.avail_out))
    }
  }
}
