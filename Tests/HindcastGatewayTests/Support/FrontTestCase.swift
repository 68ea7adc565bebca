#if GRPC
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import HindcastGateway
import XCTest

/// A test of what a front answers itself, asked by gRPC's own client over a socket.
class FrontTestCase: XCTestCase {
  typealias Client = GRPCClient<HTTP2ClientTransport.Posix>

  /// The front that was started last.
  private(set) var front: GRPCFront?
  private var serving: [Task<Void, any Error>] = []

  override func tearDown() async throws {
    for task in serving {
      task.cancel()
      _ = await task.result
    }
  }

  /// Starts a front without a service behind it; returns its address.
  func serve(_ configure: (inout GRPCFrontOptions) -> Void = { _ in }) async throws -> ServerAddress {
    var options = GRPCFrontOptions()
    options.port = 0
    configure(&options)
    let front = GRPCFront(options) { _ in Data() }
    self.front = front
    serving.append(Task { try await front.serve() })
    return try await front.address
  }

  /// Connects to a front for as long as `body` runs.
  ///
  /// - Parameter window: how many bytes of a stream the client takes before it has read them.
  func withClient<Value: Sendable>(
    of address: ServerAddress, window: Int? = nil, _ body: (Client) async throws -> Value
  ) async throws -> Value {
    let transport = try HTTP2ClientTransport.Posix(
      target: .dns(host: address.host, port: address.port), transportSecurity: .plaintext,
      config: .defaults { if let window { $0.http2.targetWindowSize = window } })
    return try await withGRPCClient(transport: transport, handleClient: body)
  }
}
#endif
