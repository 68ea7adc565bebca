#if GRPC
public import HindcastRegistry

/// How a ``GRPCConnection`` behaves.
public struct GRPCConnectionOptions: Sendable {
  /// How bytes travel to the server.
  public var security: TransportSecurity = .plaintext
  /// What every call carries as `authorization: Bearer …`. A key over ``TransportSecurity/plaintext`` can be read by anyone
  /// on the way.
  public var apiKey: Secret?
  /// How long ``GRPCConnection/connect(to:options:)`` waits for a server to answer.
  public var connectTimeout: Duration = .seconds(10)
  /// How long a connection may be silent before the client asks whether the server is still there.
  public var keepaliveTime: Duration = .seconds(30)
  /// How long the server has to answer that question before the connection is given up; at most until the next one.
  public var keepaliveTimeout: Duration = .seconds(15)
  /// The largest answer that is accepted, in bytes. Servers take 4 MiB, but histories that come back may be larger.
  public var maximumResponseBytes = 128 << 20
  /// When a call that failed is tried again.
  public var retry = RetryPolicy()
  /// Places the pauses between tries within their jitter: a number from 0 up to 1.
  public var random: @Sendable () -> Double = { .random(in: 0..<1) }
  /// What the server is told about the client, as `client-name`.
  public var clientName = "hindcast"
  /// What the server is told about the client, as `client-version`.
  public var clientVersion = "0.1.0"
  /// The namespace that a proxy in front of the server may route by, as `temporal-namespace`, for calls that name none.
  public var namespace: String?

  /// The usual options.
  public init() {}
}
#endif
