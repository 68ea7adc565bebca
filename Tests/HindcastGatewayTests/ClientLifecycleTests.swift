#if GRPC
import HindcastApp
import HindcastCalls
import HindcastGateway
import HindcastRegistry
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalServiceAPI
import XCTest

@testable import hindcast

/// `health_check` and `lifecycle` of clients, as `hindcast worker` runs them.
final class ClientLifecycleTests: XCTestCase {
  private typealias Status = Temporal_Grpc_Health_V1_HealthCheckResponse.ServingStatus

  private final class Log: Sendable {
    private let lines = Mutex<[WorkerLogLine]>([])
    func note(_ line: WorkerLogLine) { lines.withLock { $0.append(line) } }
    /// The messages that name a client or service, with their level.
    func messages(about id: String) -> [String] {
      lines.withLock { $0 }.filter { $0.fields.first?.value == id }.map { "\($0.level.rawValue) \($0.message)" }
    }
    func until(_ message: String, about id: String, times: Int = 1) async throws {
      while messages(about: id).filter({ $0 == message }).count < times { try await Task.sleep(for: .milliseconds(5)) }
    }
  }

  /// Runs the services of an app until the closure returns.
  private func run(_ entries: String, log: Log, _ body: () async throws -> Void) async throws {
    let text = "namespace: app\nentries:\n" + entries
    let registry = try Registry.load(.memory(["_index.yaml": text]), processEnvironment: [:])
    let services = WorkerServices(
      WorkerApp(registry: registry, from: "app"), .init(), log: { log.note($0) }, announce: { _ in })
    let supervisor = Supervisor(
      try services.services(of: registry.startOrder(of: registry.autoStarted)), clock: ContinuousClock(),
      random: { 0.5 }, log: { log.note($0) })
    let running = Task { try await supervisor.run() }
    do {
      try await body()
    } catch {
      running.cancel()
      throw error
    }
    running.cancel()
    try await running.value
  }

  private func client(_ name: String, at server: TestServer, _ fields: String) -> String {
    "  - {name: \(name), kind: temporal.client, address: \"\(server.address)\", namespace: \(name), \(fields)}\n"
  }

  func testHealthIsCheckedWhereItIsEnabled() async throws {
    let status = Mutex(Status.serving)
    let check = Served(HealthService.check) { _ in .with { $0.status = status.withLock { $0 } } }
    let server = try await TestServer.start(.init(methods: [check]))
    let auto = "lifecycle: {auto_start: true}"
    let log = Log()
    try await run(
      client("checked", at: server, "health_check: {enabled: true, interval: 20ms}, \(auto)")
        + client("trusted", at: server, "health_check: {enabled: false, interval: 1ms}, \(auto)")
        + client("patient", at: server, "health_check: {enabled: true, interval: 1h}, \(auto)"), log: log
    ) {
      try await log.until("info service runs", about: "app:trusted")
      try await log.until("debug client is healthy", about: "app:patient")
      status.withLock { $0 = .notServing }
      try await log.until("warning client is unhealthy", about: "app:checked")
      let before = server.checks(by: "checked")
      try await server.until { $0.checks(by: "checked") >= before + 3 }
      status.withLock { $0 = .serving }
      try await log.until("info client is healthy", about: "app:checked")
    }
    XCTAssertEqual(
      log.messages(about: "app:checked").filter { $0.contains("healthy") },
      ["debug client is healthy", "warning client is unhealthy", "info client is healthy"])
    XCTAssertEqual(server.checks(by: "trusted"), 0)
    XCTAssertEqual(server.checks(by: "patient"), 1)
    await server.stop()
  }

  func testOnlyClientsThatStartConnect() async throws {
    let server = try await TestServer.start()
    let log = Log()
    try await run(
      client("idle", at: server, "lifecycle: {}")
        + client("needed", at: server, "lifecycle: {auto_start: false}")
        + client("started", at: server, "lifecycle: {auto_start: true, depends_on: [app:needed]}"), log: log
    ) { try await log.until("info service runs", about: "app:started") }
    XCTAssertEqual(server.calls.compactMap { $0.headers["temporal-namespace"]?.first }, ["needed", "started"])
    await server.stop()
  }
}

extension TestServer {
  fileprivate func checks(by namespace: String) -> Int {
    calls.filter { $0.method == "Check" && $0.headers["temporal-namespace"] == [namespace] }.count
  }
}
#endif
