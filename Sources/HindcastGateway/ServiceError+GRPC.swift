#if GRPC
internal import HindcastCalls
internal import GRPCCore
private import GRPCProtobuf
private import SwiftProtobuf

extension ServiceError {
  /// Tells what the gRPC client threw in the words of the service.
  init(_ error: any Error, method: String, server: ServerAddress, security: TransportSecurity = .plaintext) {
    switch error {
    case let error as RPCError:
      self.init(
        Code(rawValue: error.code.rawValue) ?? .unknown, error.message, method: method, details: error.temporalDetails)
      // Without a word from the server, what went wrong is at the bottom of the causes.
      if let problem = ConnectionProblem(error, to: server, security: security) {
        message = "cannot reach \(server): \(problem.text)"
      }
    case let error as RuntimeError:
      self.init(.unavailable, "the connection to \(server) is closed: \(error.message)", method: method)
    default:
      self.init(.unknown, "\(error)", method: method)
    }
  }
}

extension RPCError {
  /// What the server packed into `grpc-status-details-bin`; what cannot be read there is as good as absent.
  fileprivate var temporalDetails: [Google_Protobuf_Any] {
    let status = try? unpackGoogleRPCStatus()
    return status?.details.compactMap(\.any) ?? []
  }
}
#endif
