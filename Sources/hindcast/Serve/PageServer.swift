#if GRPC && Server
import HindcastEndpoint
import HindcastPages

/// The pages of `hindcast serve --ui` over HTTP.
struct PageServer {
  let site: PageSite
  /// The numeric address to listen at, or `localhost`.
  let host: String
  /// The port; 0 takes a free one.
  let port: UInt16

  /// Serves the pages for as long as the endpoint is kept.
  ///
  /// - Throws: When the port cannot be listened at.
  func listen() async throws -> HTTPEndpoint {
    try await HTTPEndpoint(host: host, port: port) { [site] request in
      HTTPEndpoint.Response(await site.page(at: request.path, query: request.query))
    }
  }
}

extension HTTPEndpoint.Response {
  fileprivate init(_ page: Page) {
    var headers = [
      (name: "Content-Type", value: page.contentType),
      ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
      ("X-Content-Type-Options", "nosniff"),
    ]
    if let name = page.fileName { headers.append(("Content-Disposition", "attachment; filename=\"\(name)\"")) }
    self.init(status: page.status, headers: headers, body: page.body)
  }
}
#endif
