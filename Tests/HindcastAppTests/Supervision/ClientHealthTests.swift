import HindcastCalls
import HindcastWorker
import Metrics
import MetricsTestKit
import SwiftProtobuf
import Synchronization
import TemporalServiceAPI
import XCTest

@testable import HindcastApp

/// `health_check` of a client, with a server that answers as the test says and a clock that the test moves.
final class ClientHealthTests: XCTestCase {
  /// Answers health checks.
  private final class Server: ServiceConnection {
    typealias Answer = Result<Temporal_Grpc_Health_V1_HealthCheckResponse.ServingStatus, ServiceError>
    let answer = Mutex<Answer>(.success(.serving))
    let asked = Mutex<[(service: String, timeout: Duration?)]>([])

    func call<Request: Message, Response: Message>(
      _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
    ) async throws -> Response {
      guard method.service == "grpc.health.v1.Health", method.name == "Check",
        let request = request as? Temporal_Grpc_Health_V1_HealthCheckRequest
      else { throw ServiceError(.unimplemented, "only health") }
      asked.withLock { $0.append((request.service, timeout)) }
      var answered = Temporal_Grpc_Health_V1_HealthCheckResponse()
      answered.status = try answer.withLock { $0 }.get()
      guard let result = answered as? Response else { throw ServiceError(.internal, "wrong type") }
      return result
    }
  }

  func testChangesAreToldOnceEach() async throws {
    let server = Server()
    let clock = ManualClock()
    let lines = Mutex<[String]>([])
    let metrics = TestMetrics()
    let changes = AsyncStream.makeStream(of: ClientHealth<ManualClock>.State.self)
    let health = ClientHealth(
      of: "app:client", over: server, every: .seconds(7), clock: clock,
      log: { line in
        lines.withLock { $0.append("\(line.level.rawValue) \(line.message) \(line.fields.map(\.value))") }
      }, metrics: metrics, onChange: { changes.continuation.yield($0) })
    XCTAssertEqual(health.state, .unknown)
    let running = Task { await health.run() }
    var seen = changes.stream.makeAsyncIterator()
    let first = await seen.next()
    XCTAssertEqual(first, .healthy)

    func check(_ answer: Server.Answer) async {
      let before = server.asked.withLock { $0.count }
      await clock.untilSleeping(for: .seconds(7))
      server.answer.withLock { $0 = answer }
      clock.advance(by: .seconds(7))
      while server.asked.withLock({ $0.count }) == before { await Task.yield() }
      await clock.untilSleeping(for: .seconds(7))
    }
    await check(.success(.serving))
    await check(.failure(ServiceError(.unavailable, "gone")))
    XCTAssertEqual(health.state, .unhealthy("UNAVAILABLE: gone"))
    await check(.success(.notServing))
    XCTAssertEqual(health.state, .unhealthy("the server's status is NOT_SERVING"))
    await check(.success(.serving))
    XCTAssertEqual(health.state, .healthy)
    running.cancel()
    await running.value

    XCTAssertEqual(
      lines.withLock { $0 },
      [
        "debug client is healthy [\"app:client\"]",
        "warning client is unhealthy [\"app:client\", \"UNAVAILABLE: gone\"]",
        "info client is healthy [\"app:client\"]",
      ])
    let gauge = try metrics.expectGauge("temporal_client_healthy", [("client", "app:client")])
    XCTAssertEqual(gauge.values, [1, 1, 0, 0, 1])
    let down = await seen.next()
    XCTAssertEqual(down, .unhealthy("UNAVAILABLE: gone"))
    let up = await seen.next()
    XCTAssertEqual(up, .healthy)
    let asked = server.asked.withLock { $0 }
    XCTAssertEqual(Set(asked.map(\.service)), ["temporal.api.workflowservice.v1.WorkflowService"])
    XCTAssertEqual(Set(asked.map(\.timeout)), [.seconds(5)])
  }
}
