#if GRPC
private import Foundation
private import GRPCCore
private import GRPCProtobuf
internal import HindcastCalls
internal import NIOHPACK
private import SwiftProtobuf

/// The headers that begin and end the answer to a call (PROTOCOL-HTTP2.md, "Responses").
enum CallStatus {
  /// Before the first message.
  static let beginning: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]

  /// After the last one.
  static let good: HPACKHeaders = ["grpc-status": "0"]

  /// For a request that is not one of gRPC.
  static let unsupportedMediaType: HPACKHeaders = [":status": "415"]

  /// For a call that compresses in a way that is not known here.
  static func unknownEncoding(_ name: String) -> HPACKHeaders {
    var headers = trailers(
      for: ServiceError(.unimplemented, "grpc: Decompressor is not installed for grpc-encoding \"\(name)\""),
      hasBegun: false)
    headers.add(name: "grpc-accept-encoding", value: "gzip")
    return headers
  }

  /// What a failed call ends with.
  ///
  /// - Parameter hasBegun: whether the answer has begun; otherwise these headers are all of it.
  static func trailers(for error: ServiceError, hasBegun: Bool) -> HPACKHeaders {
    var headers = hasBegun ? HPACKHeaders() : beginning
    headers.add(name: "grpc-status", value: "\(error.code.rawValue)")
    headers.add(name: "grpc-message", value: escaped(error.message))
    if !error.details.isEmpty, let status = encodedStatus(error) {
      headers.add(name: "grpc-status-details-bin", value: status)
    }
    return headers
  }

  /// The `google.rpc.Status` with the details, in base 64 without padding.
  private static func encodedStatus(_ error: ServiceError) -> String? {
    let code = Status.Code(rawValue: error.code.rawValue).flatMap { RPCError.Code($0) } ?? .unknown
    let status = GoogleRPCStatus(code: code, message: error.message, details: error.details.map { .any($0) })
    guard let bytes: [UInt8] = try? status.serializedBytes() else { return nil }
    let text = Data(bytes).base64EncodedString()
    return String(text.prefix { $0 != "=" })
  }

  /// Text outside of printable ASCII, and percent signs, as percent signs with the bytes in hexadecimal.
  static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    var result = ""
    for byte in text.utf8 {
      if isPlain(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  private static func isPlain(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "%") }
}
#endif
