#if GRPC
package import NIOCore

/// Finds the PING frames in one direction of an HTTP/2 connection, however its bytes are cut into reads.
///
/// Every frame starts with nine bytes: length (3), type (1), flags (1), stream (4); RFC 9113, section 4.1.
package struct HTTP2PingScanner: Sendable {
  /// A piece of the stream.
  package enum Piece: Equatable, Sendable {
    /// Bytes that hold no PING.
    case bytes(ByteBuffer)
    /// A PING that asks for an answer, with the eight bytes that the answer repeats.
    case ping(UInt64)
  }

  /// What an HTTP/2 client sends before its first frame, in bytes: RFC 9113, section 3.4.
  package static let clientPrefaceLength = 24

  private static let headerLength = 9
  private static let pingLength = headerLength + 8

  /// How many of the next bytes belong to the preface or to a frame that is no PING.
  private var unframed: Int
  /// The start of a frame that the last read cut short: less than a header, or less than a PING.
  private var held = ByteBuffer()

  /// Starts at the beginning of a connection's bytes.
  ///
  /// - Parameter prefaceLength: How many bytes come before the first frame: none from a server,
  ///   ``clientPrefaceLength`` from a client.
  package init(prefaceLength: Int = 0) {
    unframed = prefaceLength
  }

  /// Takes the next piece out of a read; `nil` when the rest, if any, must wait for more bytes.
  package mutating func next(from buffer: inout ByteBuffer) -> Piece? {
    if held.readableBytes > 0 { return completeHeld(from: &buffer) }

    var passing = 0
    while true {
      let skipped = min(unframed, buffer.readableBytes - passing)
      passing += skipped
      unframed -= skipped
      if unframed > 0 || buffer.readableBytes == passing { break }

      guard let frame = FrameHeader(in: buffer, at: buffer.readerIndex + passing) else { break }
      if frame.isPing { break }
      passing += Self.headerLength
      unframed = frame.length
    }
    if passing > 0 { return buffer.readSlice(length: passing).map { .bytes($0) } }
    // What is left starts with a PING, or with too little to know.
    return buffer.readableBytes > 0 ? completeHeld(from: &buffer) : nil
  }

  private mutating func completeHeld(from buffer: inout ByteBuffer) -> Piece? {
    hold(upTo: Self.headerLength, from: &buffer)
    guard let frame = FrameHeader(in: held, at: held.readerIndex) else { return nil }
    guard frame.isPing else {
      unframed = frame.length
      defer { held.clear() }
      return .bytes(held)
    }
    hold(upTo: Self.pingLength, from: &buffer)
    guard let data = held.getInteger(at: held.readerIndex + Self.headerLength, as: UInt64.self) else { return nil }
    held.clear()
    return .ping(data)
  }

  private mutating func hold(upTo length: Int, from buffer: inout ByteBuffer) {
    let missing = min(length - held.readableBytes, buffer.readableBytes)
    if missing > 0, var bytes = buffer.readSlice(length: missing) { held.writeBuffer(&bytes) }
  }

  /// The frame that answers a PING.
  package static func acknowledgement(of data: UInt64) -> ByteBuffer {
    frame(of: data, flags: FrameHeader.acknowledges)
  }

  /// The PING frame itself, as the peer sent it.
  package static func ping(_ data: UInt64) -> ByteBuffer {
    frame(of: data, flags: 0)
  }

  private static func frame(of data: UInt64, flags: UInt8) -> ByteBuffer {
    var frame = ByteBuffer()
    frame.writeBytes([0, 0, 8, FrameHeader.pingType, flags, 0, 0, 0, 0])
    frame.writeInteger(data)
    return frame
  }
}

private struct FrameHeader {
  static let pingType: UInt8 = 6
  static let acknowledges: UInt8 = 1

  let length: Int
  /// A PING that is not an answer and is well-formed. A malformed one is for the HTTP/2 implementation to refuse.
  let isPing: Bool

  init?(in buffer: ByteBuffer, at index: Int) {
    guard
      let (high, low, type, flags, stream) = buffer.getMultipleIntegers(
        at: index, as: (UInt8, UInt16, UInt8, UInt8, UInt32).self)
    else { return nil }
    length = Int(high) << 16 | Int(low)
    // The first bit of the stream's number is reserved.
    isPing = type == Self.pingType && flags & Self.acknowledges == 0 && length == 8 && stream & 0x7FFF_FFFF == 0
  }
}
#endif
