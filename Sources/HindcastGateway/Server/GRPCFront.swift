#if GRPC
internal import Foundation
internal import GRPCCore
private import GRPCNIOTransportHTTP2Posix
private import GRPCProtobuf

/// Takes the calls of Temporal's clients and workers over gRPC and hands them on, encoded as they are.
///
/// It knows no methods: whatever the handler answers exists, so a service with another method needs nothing here. What it
/// answers itself is `grpc.health.v1.Health`.
public final class GRPCFront: Sendable {
  private let options: GRPCFrontOptions
  private let health: FrontHealth
  private let handler: IncomingCallHandler
  private let transport: HTTP2ServerTransport.Posix

  /// Makes a front; it listens when ``serve()`` is called.
  public init(_ options: GRPCFrontOptions = GRPCFrontOptions(), handler: @escaping IncomingCallHandler) {
    self.options = options
    self.handler = handler
    health = FrontHealth(services: options.services)
    transport = HTTP2ServerTransport.Posix(
      address: options.host.contains(":")
        ? .ipv6(host: options.host, port: options.port) : .ipv4(host: options.host, port: options.port),
      transportSecurity: .init(options.security), config: .temporal(options))
  }

  /// Takes calls until ``stop()``, then until those under way are answered; cancelling the calling task ends them at once.
  ///
  /// - Throws: ``FrontFailure`` when the port cannot be listened at, or a certificate cannot be used.
  public func serve() async throws {
    do {
      try await transport.listen { [self] stream, _ in
        await FrontStream(stream, options: options, health: health, handler: handler).answer()
      }
    } catch {
      throw FrontFailure(error, options)
    }
  }

  /// Where it listens; waits until it does.
  ///
  /// - Throws: When it does not come to listen.
  public var address: ServerAddress {
    get async throws {
      let address = try await transport.listeningAddress
      return ServerAddress(host: options.host, port: address.ipv4?.port ?? address.ipv6?.port ?? options.port)
    }
  }

  /// Takes no more calls.
  public func stop() {
    health.stop()
    transport.beginGracefulShutdown()
  }
}

extension HTTP2ServerTransport.Posix.TransportSecurity {
  fileprivate init(_ security: GRPCFrontOptions.Security) {
    switch security {
    case .plaintext: self = .plaintext
    case .tls(let certificate, let key, nil):
      self = .tls(
        certificateChain: [.file(path: certificate, format: .pem)], privateKey: .file(path: key, format: .pem))
    case .tls(let certificate, let key, let authorities?):
      self = .mTLS(
        certificateChain: [.file(path: certificate, format: .pem)], privateKey: .file(path: key, format: .pem)
      ) { $0.trustRoots = .certificates([.file(path: authorities, format: .pem)]) }
    }
  }
}

extension HTTP2ServerTransport.Posix.Config {
  fileprivate static func temporal(_ options: GRPCFrontOptions) -> Self {
    .defaults { config in
      // SDKs ask every thirty seconds whether the server is there, also without calls.
      config.connection.keepalive = .init(
        time: .seconds(60), timeout: .seconds(20),
        clientBehavior: .init(minPingIntervalWithoutCalls: .seconds(10), allowWithoutCalls: true))
      // The transport resets the stream of a larger message; a caller of the front is told why.
      config.rpc.maxRequestPayloadSize = max(options.maximumRequestBytes, 64 << 20)
      // The defaults make long histories trickle.
      config.http2.targetWindowSize = 1 << 20
      // A worker's polls all wait on one connection; without a number it would be closed at the hundred and first.
      config.http2.maxConcurrentStreams = 1 << 20
      config.http2.maxFrameSize = 1 << 18
      config.compression.enabledAlgorithms = [.gzip]
      config.channelDebuggingCallbacks.onAcceptTCPConnection = {
        HTTP2ControlFrameFilter.install(on: $0, prefaceLength: HTTP2ControlFrameScanner.clientPrefaceLength)
      }
      config.channelDebuggingCallbacks.onAcceptHTTP2Stream = { HTTP2ControlFrameFilter.note(stream: $0) }
    }
  }
}
#endif
