#if GRPC
internal import HindcastCalls
internal import HindcastEndpoint
internal import NIOCore
private import NIOHTTP2
internal import NIOPosix
private import NIOSSL

/// A front's socket and its connections, all on one event loop.
final class FrontListener: Sendable {
  private let channel: any Channel
  private let connections: OpenConnections

  /// Listens.
  ///
  /// - Throws: `IOError` when the address cannot be listened at, `NIOSSLError` and its like for certificates.
  init(_ calls: FrontCalls, on group: MultiThreadedEventLoopGroup) async throws {
    let tls = try calls.options.security.context()
    let connections = OpenConnections()
    let executor = LoopTaskExecutor(group.next())
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 1_024)
      .childChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard connections.add(channel) else { throw ChannelError.ioOnClosedChannel }
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
          let limits = FrontLimits.http2
          try pipeline.addHandlers(
            NIOHTTP2Handler(
              mode: .server, connectionConfiguration: limits.connection, streamConfiguration: limits.stream),
            FrontConnection(calls, executor: executor))
        }
      }
      .bind(host: calls.options.host, port: calls.options.port).get()
    self.connections = connections
  }

  /// The port; `nil` if the system does not say.
  var port: Int? { channel.localAddress?.port }

  /// Returns when the socket and all connections are closed.
  func untilClosed() async {
    try? await channel.closeFuture.get()
    await connections.untilClosed()
  }

  /// Takes no more connections, and ends those that there are when their calls are answered.
  func quiesce() {
    channel.close(promise: nil)
    for connection in connections.stop() {
      connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
  }

  /// Ends everything at once.
  func close() {
    channel.close(promise: nil)
    for connection in connections.stop() { connection.close(promise: nil) }
  }
}

extension GRPCFrontOptions.Security {
  fileprivate func context() throws -> NIOSSLContext? {
    guard case .tls(let certificate, let key, let authorities) = self else { return nil }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2"]
    if let authorities {
      configuration.trustRoots = .file(authorities)
      // Clients have no host names.
      configuration.certificateVerification = .noHostnameVerification
    }
    return try NIOSSLContext(configuration: configuration)
  }
}
#endif
