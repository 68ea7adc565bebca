#if GRPC
internal import HindcastEndpoint

/// Where Prometheus fetches metrics, over HTTP: `GET /metrics`, and `GET /health` for whoever watches the process.
public final class MetricsEndpoint: Sendable {
  private let endpoint: HTTPEndpoint
  /// The port that it listens on.
  public var port: UInt16 { endpoint.port }

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - host: An IP address, or `localhost`; empty: every address of the machine.
  ///   - port: The port; 0 takes a free one, see ``port``.
  ///   - metrics: What is shown.
  ///   - fault: What is wrong with the process; `nil`: it is healthy.
  /// - Throws: When nothing can listen at the address, with the reason in words.
  public init(
    host: String, port: UInt16, metrics: PrometheusMetrics, fault: @escaping @Sendable () -> String? = { nil }
  ) async throws {
    endpoint = try await HTTPEndpoint(host: host, port: port) { request in
      switch request.path {
      case "/metrics":
        HTTPEndpoint.Response(
          headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")], body: Array(metrics.text().utf8))
      case "/health":
        if let text = fault() { .init(status: 503, text: text) } else { .init(status: 200, text: "ok") }
      default: .init(status: 404, text: "there is /metrics and /health")
      }
    }
  }

  /// Stops listening.
  public func close() async { await endpoint.close() }
}
#endif
