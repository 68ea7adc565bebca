#if GRPC
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A small HTTP/1.1 server for what people and their tools look at: it answers GET and HEAD.
package final class HTTPEndpoint: Sendable {
  /// What is asked for.
  package struct Request: Sendable {
    /// The part of the address before the question mark, decoded.
    package let path: String
    /// The part behind it, as it was sent.
    package let query: String
  }

  package struct Response: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8]) {
      self.status = status
      self.headers = headers
      self.body = body
    }

    /// An answer in plain text.
    package init(status: Int, text: String) {
      self.init(
        status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array("\(text)\n".utf8))
    }
  }

  /// Answers a request. The task is cancelled when whoever asked is gone.
  package typealias Answer = @Sendable (Request) async -> Response

  /// Why an endpoint does not listen.
  package struct Failure: Error, CustomStringConvertible {
    /// In words, with the address.
    package let description: String
  }

  private let channel: any Channel
  private let connections: OpenConnections
  private let host: String
  /// The port that it listens at.
  package let port: UInt16

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - host: An IP address, or `localhost`; empty: every address of the machine.
  ///   - port: The port; 0 takes a free one, see ``port``.
  ///   - answer: What answers.
  /// - Throws: ``Failure``.
  package init(host: String, port: UInt16, answer: @escaping Answer) async throws(Failure) {
    let numeric = host.isEmpty ? "::" : host == "localhost" ? "127.0.0.1" : host
    guard let address = try? SocketAddress(ipAddress: numeric, port: Int(port)) else {
      throw Failure(description: "\(host) is no IP address to listen on")
    }
    let connections = OpenConnections()
    do {
      channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            guard connections.add(channel) else { throw ChannelError.ioOnClosedChannel }
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandlers(
              IdleStateHandler(readTimeout: Self.patience), HTTPEndpointConnection(answer))
          }
        }
        .bind(to: address).get()
    } catch {
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
      throw Failure(description: "cannot listen at \(Self.authority(numeric, port)): \(reason)")
    }
    self.connections = connections
    self.host = numeric
    self.port = channel.localAddress?.port.map { UInt16(truncatingIfNeeded: $0) } ?? port
  }

  /// How long a caller whom nobody owes an answer may be silent.
  private static let patience = TimeAmount.seconds(60)

  /// `http://127.0.0.1:8080`.
  package var url: String { "http://\(Self.authority(host, port))" }

  private static func authority(_ host: String, _ port: UInt16) -> String {
    "\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  deinit { stop() }

  private func stop() {
    channel.close(promise: nil)
    for connection in connections.stop() { connection.close(promise: nil) }
  }

  /// Ends all connections, and returns when somebody else can listen at the port.
  package func close() async {
    stop()
    try? await channel.closeFuture.get()
    await connections.untilClosed()
  }
}
#endif
