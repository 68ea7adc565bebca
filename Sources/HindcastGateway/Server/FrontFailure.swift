#if GRPC
internal import Foundation
internal import GRPCCore
private import NIOCore

/// Why a ``GRPCFront`` does not listen.
public struct FrontFailure: Error, CustomStringConvertible {
  /// In words, with the address or the file.
  public let description: String

  init(_ error: any Error, _ options: GRPCFrontOptions) {
    switch error {
    case let error as IOError:
      let address = ServerAddress(host: options.host, port: options.port)
      description = "cannot listen at \(address): \(String(cString: strerror(error.errnoCode)))"
    case let error as RuntimeError where options.security.files.contains { !$0.isReadable }:
      let unreadable = options.security.files.filter { !$0.isReadable }
      description = "cannot read \(unreadable.joined(separator: ", ")): \(error.message)"
    case let error as RuntimeError where !options.security.files.isEmpty:
      let reason = error.cause.map { "\($0)" } ?? error.message
      description = "cannot use \(options.security.files.joined(separator: ", ")): \(reason)"
    default:
      description = "\(error)"
    }
  }
}

extension GRPCFrontOptions.Security {
  /// The PEM files that it needs.
  fileprivate var files: [String] {
    switch self {
    case .plaintext: []
    case .tls(let certificate, let key, let authorities): [certificate, key] + (authorities.map { [$0] } ?? [])
    }
  }
}

extension String {
  fileprivate var isReadable: Bool { FileManager.default.isReadableFile(atPath: self) }
}
#endif
