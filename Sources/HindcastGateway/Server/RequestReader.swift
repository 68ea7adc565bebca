#if GRPC
internal import Foundation
internal import HindcastCalls
private import HindcastHistory
internal import NIOCore
private import NIOFoundationCompat

/// Gathers the messages of a call's request, mostly one: a flag, a length of four bytes, and the bytes (PROTOCOL-HTTP2.md,
/// "Length-Prefixed-Message").
struct RequestReader {
  /// The largest message that is taken, in bytes.
  let limit: Int
  /// Whether the caller may send more than one message.
  let isStream: Bool
  private var buffer = ByteBuffer()

  static let prefixLength = 5

  init(limit: Int, isStream: Bool = false) {
    self.limit = limit
    self.isStream = isStream
  }

  /// How many bytes are held.
  var count: Int { buffer.readableBytes }

  /// Takes bytes of the request.
  ///
  /// - Throws: RESOURCE_EXHAUSTED as soon as the message is known to be too large, INVALID_ARGUMENT for more than one message of a
  ///   call that takes one.
  mutating func append(_ bytes: ByteBuffer) throws(ServiceError) {
    if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
    guard let length = try nextLength() else { return }
    guard isStream || buffer.readableBytes <= Self.prefixLength + length else {
      throw ServiceError(.invalidArgument, "the call takes one request")
    }
  }

  /// How long the next message is, once that is known.
  private func nextLength() throws(ServiceError) -> Int? {
    guard let length = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt32.self) else { return nil }
    guard length <= limit else {
      throw ServiceError(.resourceExhausted, "grpc: received message larger than max (\(length) vs. \(limit))")
    }
    return Int(length)
  }

  /// The message of a call that takes one, once the caller has sent all.
  ///
  /// - Throws: INVALID_ARGUMENT without a message, and INTERNAL for one that is cut off, and as ``next(_:)`` does.
  mutating func finish(_ encoding: CallHead.Encoding) throws(ServiceError) -> Data {
    if buffer.readableBytes == 0 { throw ServiceError(.invalidArgument, "the request is missing") }
    guard let message = try next(encoding) else { throw Self.cutOff }
    return message
  }

  /// Looks whether all that was sent has been read.
  ///
  /// - Throws: INTERNAL when a message is cut off.
  func checkIsEmpty() throws(ServiceError) {
    if buffer.readableBytes > 0 { throw Self.cutOff }
  }

  private static var cutOff: ServiceError { ServiceError(.internal, "the request is cut off") }

  /// The next message, `nil` until all of it is there.
  ///
  /// - Throws: RESOURCE_EXHAUSTED for one that is too large, INTERNAL for one that is compressed in a way that cannot be undone.
  mutating func next(_ encoding: CallHead.Encoding) throws(ServiceError) -> Data? {
    guard let length = try nextLength(), buffer.readableBytes >= Self.prefixLength + length,
      let isCompressed = buffer.readInteger(as: UInt8.self), buffer.readInteger(as: UInt32.self) != nil,
      let message = buffer.readSlice(length: length)
    else { return nil }
    guard isCompressed != 0 else { return Data(buffer: message, byteTransferStrategy: .copy) }
    guard encoding == .gzip else {
      throw ServiceError(.internal, "grpc: compressed flag set with identity or empty encoding")
    }
    do throws(ReadFault) {
      return Data(try Gzip.decompress(Array(buffer: message), limit: limit))
    } catch  where error.code == .tooLarge {
      throw ServiceError(
        .resourceExhausted, "grpc: received message after decompression larger than max \(limit)")
    } catch {
      throw ServiceError(.internal, "grpc: failed to decompress the received message: \(error.message)")
    }
  }
}
#endif
