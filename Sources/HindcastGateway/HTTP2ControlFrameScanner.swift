#if GRPC
package import NIOCore

/// Finds the PING and RST_STREAM frames in one direction of an HTTP/2 connection, however its bytes are cut into reads.
///
/// Every frame starts with nine bytes: length (3), type (1), flags (1), stream (4); RFC 9113, section 4.1.
package struct HTTP2ControlFrameScanner: Sendable {
  /// A piece of the stream.
  package enum Piece: Equatable, Sendable {
    /// Bytes that hold neither.
    case bytes(ByteBuffer)
    /// A PING that asks for an answer, with the eight bytes that the answer repeats.
    case ping(UInt64)
    /// The end of a stream that the peer gives up, with the frame as it came.
    case reset(stream: UInt32, frame: ByteBuffer)
  }

  /// What an HTTP/2 client sends before its first frame, in bytes: RFC 9113, section 3.4.
  package static let clientPrefaceLength = 24

  private static let headerLength = 9

  /// How many of the next bytes belong to the preface or to a frame of another kind.
  private var unframed: Int
  /// The start of a frame that the last read cut short: less than a header, or less than a frame that is looked for.
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
      if frame.kind != .other { break }
      passing += Self.headerLength
      unframed = frame.length
    }
    if passing > 0 { return buffer.readSlice(length: passing).map { .bytes($0) } }
    // What is left starts with a frame that is looked for, or with too little to know.
    return buffer.readableBytes > 0 ? completeHeld(from: &buffer) : nil
  }

  private mutating func completeHeld(from buffer: inout ByteBuffer) -> Piece? {
    hold(upTo: Self.headerLength, from: &buffer)
    guard let frame = FrameHeader(in: held, at: held.readerIndex) else { return nil }
    guard frame.kind != .other else {
      unframed = frame.length
      defer { held.clear() }
      return .bytes(held)
    }
    hold(upTo: Self.headerLength + frame.length, from: &buffer)
    guard held.readableBytes == Self.headerLength + frame.length else { return nil }
    defer { held.clear() }
    switch frame.kind {
    case .ping:
      return held.getInteger(at: held.readerIndex + Self.headerLength, as: UInt64.self).map { .ping($0) }
    case .reset(let stream): return .reset(stream: stream, frame: held)
    case .other: return nil
    }
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
  /// What a frame is, as far as it is looked for. A malformed one is for the HTTP/2 implementation to refuse.
  enum Kind: Equatable {
    /// A PING that is not an answer.
    case ping
    /// The end of a stream.
    case reset(UInt32)
    case other
  }

  static let pingType: UInt8 = 6
  static let acknowledges: UInt8 = 1
  private static let resetType: UInt8 = 3

  let length: Int
  let kind: Kind

  init?(in buffer: ByteBuffer, at index: Int) {
    guard
      let (high, low, type, flags, numbered) = buffer.getMultipleIntegers(
        at: index, as: (UInt8, UInt16, UInt8, UInt8, UInt32).self)
    else { return nil }
    length = Int(high) << 16 | Int(low)
    // The first bit of the stream's number is reserved.
    let stream = numbered & 0x7FFF_FFFF
    kind =
      switch type {
      case Self.pingType where flags & Self.acknowledges == 0 && length == 8 && stream == 0: .ping
      case Self.resetType where length == 4 && stream != 0: .reset(stream)
      default: .other
      }
  }
}
#endif
