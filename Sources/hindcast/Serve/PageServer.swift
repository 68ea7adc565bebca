#if GRPC && Server
import FlyingFox
import FlyingSocks
import Foundation
import HindcastPages

/// The pages of `hindcast serve --ui` over HTTP.
struct PageServer {
  private let site: PageSite
  private let server: HTTPServer
  /// `http://127.0.0.1:8080`.
  let address: String

  /// - Parameters:
  ///   - host: the numeric address to listen at.
  ///   - port: the port.
  init(_ site: PageSite, host: String, port: UInt16) throws {
    self.site = site
    let address: any SocketAddress =
      host.contains(":") ? try .inet6(ip6: host, port: port) : try .inet(ip4: host, port: port)
    server = HTTPServer(address: address, logger: .disabled)
    self.address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  /// Serves pages until the calling task is cancelled.
  ///
  /// - Throws: When the port cannot be listened at.
  func run() async throws {
    await server.appendRoute("GET *") { [site] request in
      HTTPResponse(await site.page(at: request.target.path(), query: request.target.query()))
    }
    try await server.run()
  }

  /// Waits until the server listens.
  ///
  /// - Parameter running: the task of ``run()``.
  /// - Throws: What ended that task before.
  func waitUntilListening(_ running: Task<Void, any Error>) async throws {
    do {
      try await server.waitUntilListening(timeout: 5)
    } catch {
      running.cancel()
      try await running.value
      throw error
    }
  }
}

extension HTTPResponse {
  fileprivate init(_ page: Page) {
    var headers: HTTPHeaders = [
      .contentType: page.contentType,
      HTTPHeader("Content-Security-Policy"): "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
      HTTPHeader("X-Content-Type-Options"): "nosniff",
    ]
    if let name = page.fileName { headers[HTTPHeader("Content-Disposition")] = "attachment; filename=\"\(name)\"" }
    self.init(statusCode: HTTPStatusCode(page.status, phrase: ""), headers: headers, body: Data(page.body))
  }
}
#endif
