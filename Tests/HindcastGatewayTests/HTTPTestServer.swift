#if GRPC
import FlyingFox
import FlyingSocks
import Foundation

/// A small HTTP server of this process, whose paths do what a client has to cope with.
final class HTTPTestServer: Sendable {
  private let server: HTTPServer
  private let running: Task<Void, any Error>
  /// `http://127.0.0.1:port`; empty for a server on a Unix socket.
  let base: String

  /// Starts a server on a free port, or on a Unix socket.
  init(socket path: String? = nil) async throws {
    let server: HTTPServer
    if let path {
      server = HTTPServer(address: .unix(path: path))
    } else {
      server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 60)
    }
    await server.appendRoute("/echo") { request in
      var headers = HTTPHeaders()
      headers[HTTPHeader("X-Method")] = request.method.rawValue
      headers[HTTPHeader("X-Host")] = request.headers[.host]
      headers[HTTPHeader("X-Trace")] = request.headers[HTTPHeader("X-Trace")]
      headers[HTTPHeader("Set-Cookie")] = "a=1"
      return HTTPResponse(statusCode: .created, headers: headers, body: try await request.bodyData)
    }
    for (path, target) in [("/moved", "/echo"), ("/loop", "/loop")] {
      await server.appendRoute(HTTPRoute(path)) { _ in
        var headers = HTTPHeaders()
        headers[.location] = target
        return HTTPResponse(statusCode: .found, headers: headers)
      }
    }
    await server.appendRoute("/large") { _ in
      HTTPResponse(statusCode: .ok, body: Data(repeating: 120, count: 100_000))
    }
    await server.appendRoute("/never") { _ in
      try await Task.sleep(for: .seconds(3600))
      return HTTPResponse(statusCode: .ok)
    }
    self.server = server
    running = Task { try await server.run() }
    try await server.waitUntilListening()
    if case .ip4(_, let port)? = await server.listeningAddress {
      base = "http://127.0.0.1:\(port)"
    } else {
      base = ""
    }
  }

  func stop() { running.cancel() }
}
#endif
