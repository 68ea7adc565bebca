#if GRPC
internal import Foundation
internal import HindcastCalls
private import HindcastHistory
internal import NIOCore
private import NIOFoundationCompat

/// Gathers the one message of a call's request: a flag, a length of four bytes, and the bytes (PROTOCOL-HTTP2.md,
/// "Length-Prefixed-Message").
struct RequestReader {
  /// The largest message that is taken, in bytes.
  let limit: Int
  private var buffer = ByteBuffer()

  static let prefixLength = 5

  init(limit: Int) { self.limit = limit }

  /// How many bytes are held.
  var count: Int { buffer.readableBytes }

  /// Takes bytes of the request.
  ///
  /// - Throws: RESOURCE_EXHAUSTED as soon as the message is known to be too large, INVALID_ARGUMENT for more than one message.
  mutating func append(_ bytes: ByteBuffer) throws(ServiceError) {
    if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
    guard let length = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt32.self) else { return }
    try check(Int(length))
    guard buffer.readableBytes <= Self.prefixLength + Int(length) else {
      throw ServiceError(.invalidArgument, "the call takes one request")
    }
  }

  private func check(_ size: Int) throws(ServiceError) {
    guard size <= limit else {
      throw ServiceError(.resourceExhausted, "grpc: received message larger than max (\(size) vs. \(limit))")
    }
  }

  /// The message, once the caller has sent all.
  ///
  /// - Throws: INVALID_ARGUMENT without a message, INTERNAL for one that is cut off or compressed in a way that cannot be undone.
  mutating func finish(_ encoding: CallHead.Encoding) throws(ServiceError) -> Data {
    guard let isCompressed = buffer.readInteger(as: UInt8.self) else {
      throw ServiceError(.invalidArgument, "the request is missing")
    }
    guard let length = buffer.readInteger(as: UInt32.self), buffer.readableBytes == Int(length) else {
      throw ServiceError(.internal, "the request is cut off")
    }
    guard isCompressed != 0 else { return Data(buffer: buffer, byteTransferStrategy: .copy) }
    guard encoding == .gzip else {
      throw ServiceError(.internal, "grpc: compressed flag set with identity or empty encoding")
    }
    do throws(ReadFault) {
      return Data(try Gzip.decompress(Array(buffer: buffer), limit: limit))
    } catch  where error.code == .tooLarge {
      throw ServiceError(
        .resourceExhausted, "grpc: received message after decompression larger than max \(limit)")
    } catch {
      throw ServiceError(.internal, "grpc: failed to decompress the received message: \(error.message)")
    }
  }
}
#endif
