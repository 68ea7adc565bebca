#if GRPC
internal import Foundation
private import NIOCore

/// Why a ``GRPCFront`` does not listen.
public struct FrontFailure: Error, CustomStringConvertible {
  /// In words, with the address or the file.
  public let description: String

  init(description: String) { self.description = description }

  init(_ error: any Error, _ options: GRPCFrontOptions) {
    let files = options.security.files
    let unreadable = files.filter { !FileManager.default.isReadableFile(atPath: $0) }
    switch error {
    case let error as IOError where unreadable.isEmpty:
      let address = ServerAddress(host: options.host, port: options.port)
      description = "cannot listen at \(address): \(String(cString: strerror(error.errnoCode)))"
    case _ where !unreadable.isEmpty:
      description = "cannot read \(unreadable.joined(separator: ", ")): \(error)"
    case _ where !files.isEmpty:
      description = "cannot use \(files.joined(separator: ", ")): \(error)"
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
#endif
