#if GRPC
internal import HindcastCalls
private import HindcastRegistry
internal import GRPCCore
private import GRPCNIOTransportHTTP2Posix
private import GRPCProtobuf
private import NIOCore
private import Synchronization
internal import SwiftProtobuf
internal import TemporalServiceAPI

/// A gRPC client with the task that runs its connections; one attempt at a call, without retries.
final class GRPCTransport: Sendable {
  let address: ServerAddress

  private let client: GRPCClient<HTTP2ClientTransport.Posix>
  private let connections: Task<Void, Never>
  private let stopped = Mutex(false)
  private let metadata: Metadata
  private let callOptions: CallOptions
  private let security: TransportSecurity
  private let apiKey: Secret?

  /// Sets up the client. Nothing is sent before the first call.
  ///
  /// - Throws: ``UnusableCredential``.
  init(to address: ServerAddress, options: GRPCConnectionOptions) throws {
    self.address = address
    security = options.security
    apiKey = options.apiKey
    let tls: TLSClient? =
      if case .tls(let tls) = options.security { try TLSClient(tls, host: address.host) } else { nil }
    let transport: HTTP2ClientTransport.Posix
    do {
      transport = try HTTP2ClientTransport.Posix(
        target: .dns(host: address.host, port: address.port),
        transportSecurity: tls == nil ? .plaintext : .customSecure, config: .temporal(options, tls))
    } catch {
      throw ConnectionFailure(address: address, reason: "\(error)", hint: nil, isLasting: true)
    }
    let client = GRPCClient(transport: transport)
    self.client = client
    // `runConnections` throws only when the transport cannot start; then every call says so.
    connections = Task { try? await client.runConnections() }

    var metadata: Metadata = ["client-name": "\(options.clientName)", "client-version": "\(options.clientVersion)"]
    if let namespace = options.namespace { metadata.addString(namespace, forKey: "temporal-namespace") }
    self.metadata = metadata

    var callOptions = CallOptions.defaults
    callOptions.maxResponseMessageBytes = options.maximumResponseBytes
    // The transport (2.9) measures answers by the limit that is meant for requests. Requests the server measures itself.
    callOptions.maxRequestMessageBytes = options.maximumResponseBytes
    self.callOptions = callOptions
  }

  /// Whether the connection was ended from this side.
  var isStopped: Bool { stopped.withLock { $0 } }

  /// Makes one attempt at a call.
  ///
  /// - Throws: `ServiceError`, or `CancellationError` when the calling task was cancelled.
  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration
  ) async throws -> Response {
    do {
      return try await attempt(method, request, timeout: timeout)
    } catch {
      // A cancelled call fails in different ways, depending on how far it was.
      try Task.checkCancellation()
      throw serviceError(for: error, method: method.name)
    }
  }

  /// Why no connection came about, where that is what an error of ``attempt(_:_:timeout:)`` tells.
  func problem(behind error: any Error) -> ConnectionProblem? {
    ConnectionProblem(error, to: address, security: security)
  }

  /// An error of ``attempt(_:_:timeout:)`` in the words of the service.
  func serviceError(for error: any Error, method: String) -> ServiceError {
    var error = ServiceError(error, method: method, server: address, security: security)
    // A server may repeat what it was sent.
    if let apiKey { error.message = error.message.replacing(apiKey.revealed, with: "\(apiKey)") }
    return error
  }

  /// Makes one attempt at a call, and throws what the gRPC client throws.
  func attempt<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration
  ) async throws -> Response {
    var options = callOptions
    options.timeout = max(timeout, .zero)
    var metadata = metadata
    // Not kept with the rest, which a debugger shows.
    if let apiKey { metadata.addString("Bearer \(apiKey.revealed)", forKey: "authorization") }
    if let request = request as? any NamespacedRequest {
      metadata.replaceOrAddString(request.namespace, forKey: "temporal-namespace")
    }
    return try await client.unary(
      request: ClientRequest(message: request, metadata: metadata),
      descriptor: MethodDescriptor(fullyQualifiedService: method.service, method: method.name),
      serializer: ProtobufSerializer<Request>(), deserializer: ProtobufDeserializer<Response>(), options: options
    ) { try $0.message }
  }

  /// Stops at once: calls under way are cancelled.
  func stop() {
    stopped.withLock { $0 = true }
    connections.cancel()
  }

  /// Stops when the calls under way have finished, and at the latest after `grace`.
  func close(grace: Duration) async {
    stopped.withLock { $0 = true }
    client.beginGracefulShutdown()
    let impatience = Task { [connections] in
      try await Task.sleep(for: grace)
      connections.cancel()
    }
    await connections.value
    impatience.cancel()
  }
}

extension HTTP2ClientTransport.Posix.Config {
  fileprivate static func temporal(_ options: GRPCConnectionOptions, _ tls: TLSClient?) -> Self {
    .defaults { config in
      // Temporal servers allow a client to ask every ten seconds, also without calls.
      // The transport (2.9) counts anew with every question, so a patience longer than the pause would never end.
      config.connection.keepalive = .init(
        time: options.keepaliveTime, timeout: min(options.keepaliveTimeout, options.keepaliveTime * 0.9),
        allowWithoutCalls: true)
      config.connection.maxIdleTime = nil
      // The defaults reach two minutes, which is long for a server that was only restarted.
      config.backoff = .init(initial: .milliseconds(200), max: .seconds(5), multiplier: 1.6, jitter: 0.2)
      config.compression.enabledAlgorithms = [.gzip]
      if case .tls(let options) = options.security { config.http2.authority = options.serverName }
      config.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
        channel.eventLoop.makeCompletedFuture { try tls?.install(on: channel) }
          .flatMap { HTTP2PingResponder.install(on: channel) }
      }
    }
  }
}
#endif
