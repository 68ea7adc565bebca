#if GRPC
internal import FlyingFox
internal import FlyingSocks
internal import Foundation

/// Where Prometheus fetches metrics, over HTTP: `GET /metrics`, and `GET /health` for whoever watches the process.
public final class MetricsEndpoint: Sendable {
  /// An address that nothing can listen on.
  public struct AddressError: Error, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String
  }

  private let server: HTTPServer
  private let serving: Task<Void, any Error>
  /// The port that it listens on.
  public let port: UInt16

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - host: An IP address, or `localhost`; empty: every address of the machine.
  ///   - port: The port; 0 takes a free one, see ``port``.
  ///   - metrics: What is shown.
  ///   - fault: What is wrong with the process; `nil`: it is healthy.
  /// - Throws: ``AddressError``, or what the system says against listening there.
  public init(
    host: String, port: UInt16, metrics: PrometheusMetrics, fault: @escaping @Sendable () -> String? = { nil }
  ) async throws {
    let server = HTTPServer(config: try Self.configuration(host, port))
    await server.appendRoute("GET /metrics") { _ in
      HTTPResponse(
        statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: Data(metrics.text().utf8))
    }
    await server.appendRoute("GET /health") { _ in
      let text = fault()
      return HTTPResponse(
        statusCode: text == nil ? .ok : .serviceUnavailable, headers: [.contentType: "text/plain; charset=utf-8"],
        body: Data((text ?? "ok").utf8) + Data("\n".utf8))
    }
    let serving = Task { try await server.run() }
    do {
      try await Self.waitUntilListening(server, serving)
    } catch {
      serving.cancel()
      throw error
    }
    switch await server.listeningAddress {
    case .ip4(_, let port)?, .ip6(_, let port)?: self.port = port
    default: self.port = port
    }
    self.server = server
    self.serving = serving
  }

  deinit { serving.cancel() }

  /// - Throws: What keeps the server from listening.
  private static func waitUntilListening(_ server: HTTPServer, _ serving: Task<Void, any Error>) async throws {
    let (events, continuation) = AsyncThrowingStream.makeStream(of: Void.self)
    let waiting = Task {
      try await server.waitUntilListening(timeout: 10)
      continuation.yield()
    }
    defer { waiting.cancel() }
    Task {
      do {
        try await serving.value
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    for try await _ in events { return }
  }

  /// Stops listening.
  public func close() async {
    await server.stop()
    serving.cancel()
    _ = await serving.result
  }

  private static func silent<Silent: Logging>(_ logger: Silent) -> any Logging { logger }

  private static func configuration(_ host: String, _ port: UInt16) throws -> HTTPServer.Configuration {
    // What goes wrong with single connections is no news.
    let logger = silent(.disabled)
    if host.isEmpty { return HTTPServer.Configuration(address: .inet6(port: port), logger: logger) }
    let name = host == "localhost" ? "127.0.0.1" : host
    if let address = try? sockaddr_in.inet(ip4: name, port: port) {
      return HTTPServer.Configuration(address: address, logger: logger)
    }
    if let address = try? sockaddr_in6.inet6(ip6: name, port: port) {
      return HTTPServer.Configuration(address: address, logger: logger)
    }
    throw AddressError(description: "\(host) is no IP address to listen on")
  }
}
#endif
