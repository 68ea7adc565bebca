#if GRPC
import Foundation
import FoundationNetworking
import HindcastMetrics
import Metrics
import Synchronization
import XCTest

/// The address where Prometheus fetches metrics, over a real socket.
final class MetricsEndpointTests: XCTestCase {
  private func get(_ path: String, _ endpoint: MetricsEndpoint) async throws -> (HTTPURLResponse, String) {
    let url = try XCTUnwrap(URL(string: "http://127.0.0.1:\(endpoint.port)\(path)"))
    let (data, response) = try await URLSession(configuration: .ephemeral).data(from: url)
    return (try XCTUnwrap(response as? HTTPURLResponse), String(decoding: data, as: UTF8.self))
  }

  func testMetricsAndHealthAreServed() async throws {
    let metrics = PrometheusMetrics(explanations: ["temporal_request": "Calls of the service."])
    Counter(label: "temporal_request", dimensions: [("operation", "GetSystemInfo")], factory: metrics).increment()
    let fault = Mutex<String?>(nil)
    let endpoint = try await MetricsEndpoint(host: "127.0.0.1", port: 0, metrics: metrics) { fault.withLock { $0 } }
    let (page, text) = try await get("/metrics", endpoint)
    XCTAssertEqual(page.statusCode, 200)
    XCTAssertEqual(page.value(forHTTPHeaderField: "Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
    XCTAssertEqual(
      text,
      """
      # HELP temporal_request_total Calls of the service.
      # TYPE temporal_request_total counter
      temporal_request_total{operation="GetSystemInfo"} 1

      """)
    let healthy = try await get("/health", endpoint)
    XCTAssertEqual(healthy.0.statusCode, 200)
    XCTAssertEqual(healthy.1, "ok\n")
    fault.withLock { $0 = "app:client cannot reach its server" }
    let ill = try await get("/health", endpoint)
    XCTAssertEqual(ill.0.statusCode, 503)
    XCTAssertEqual(ill.1, "app:client cannot reach its server\n")
    let (missing, _) = try await get("/other", endpoint)
    XCTAssertEqual(missing.statusCode, 404)

    // Nobody else listens there meanwhile, and somebody can afterwards.
    do {
      _ = try await MetricsEndpoint(host: "127.0.0.1", port: endpoint.port, metrics: metrics)
      XCTFail("the port is taken")
    } catch {
      XCTAssertFalse("\(error)".isEmpty)
    }
    let port = endpoint.port
    await endpoint.close()
    let next = try await MetricsEndpoint(host: "localhost", port: port, metrics: metrics)
    XCTAssertEqual(next.port, port)
    await next.close()
  }

  func testAddressesThatAreNoneAreRefused() async {
    for host in ["nowhere.example", "1.2.3", "::g"] {
      do {
        _ = try await MetricsEndpoint(host: host, port: 0, metrics: PrometheusMetrics())
        XCTFail("\(host) is no address")
      } catch {
        XCTAssertEqual("\(error)", "\(host) is no IP address to listen on")
      }
    }
  }
}
#endif
