#if GRPC
private import HindcastCalls

/// Where and how a ``GRPCFront`` listens.
public struct GRPCFrontOptions: Sendable {
  /// How bytes travel.
  public enum Security: Sendable {
    /// Unencrypted.
    case plaintext
    /// TLS, with PEM files.
    ///
    /// - Parameters:
    ///   - certificate: the server's certificate chain.
    ///   - key: the certificate's private key.
    ///   - clientCertificates: who signs the certificates that clients must show; `nil`: they need none.
    case tls(certificate: String, key: String, clientCertificates: String?)
  }

  /// The numeric address to listen at.
  public var host = "127.0.0.1"
  /// The port; 0 for a free one.
  public var port = ServerAddress.defaultPort
  /// How bytes travel.
  public var security = Security.plaintext
  /// Keys of which a caller must send one as `authorization: Bearer …`; empty: callers need none.
  public var apiKeys: Set<String> = []
  /// The largest request that is taken, in bytes; larger ones are refused with `RESOURCE_EXHAUSTED`, as Temporal's server does.
  public var maximumRequestBytes = 4 << 20

  /// The gRPC services that are served, as those name them who ask whether they are healthy, or what there is.
  public var services: [String]

  /// Temporal's port on this machine, in plain text, for `WorkflowService` and `OperatorService`.
  public init() {
    services = [WorkflowService.name, OperatorService.name]
  }
}
#endif
