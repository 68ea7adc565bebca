import HindcastCalls
import HindcastRegistry
import HindcastWorker
import Synchronization
import XCTest

@testable import HindcastApp

/// Services that run under a supervisor, on a clock that the test moves.
final class SupervisorTests: XCTestCase {
  private struct Boom: Error {}

  /// What services do, in the order in which they do it.
  private final class Journal: Sendable {
    private let lines = Mutex<[String]>([])
    func note(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
    func until(_ line: String) async { while !all.contains(line) { await Task.yield() } }
  }

  private func services(
    _ text: String, journal: Journal, failing: @escaping @Sendable (String) -> Bool = { _ in false }
  ) throws -> [SupervisedService] {
    let registry = try Registry.load(.memory(["_index.yaml": text]), processEnvironment: [:])
    return registry.startOrder(of: registry.autoStarted).services.map { service in
      let name = service.id.name
      return SupervisedService(service) {
        journal.note("start \(name)")
        if failing(name) { throw Boom() }
        return {
          try? await ContinuousClock().sleep(for: .seconds(3600))
          journal.note("stop \(name)")
        }
      }
    }
  }

  private static let app = """
    namespace: app
    entries:
      - {name: w, kind: temporal.worker, client: app:c, task_queue: q, lifecycle: {auto_start: true}}
      - {name: c, kind: temporal.client, address: a, lifecycle: {restart: {jitter: 0.5, initial_delay: 4s}}}
    """

  func testWorkersStartAfterTheirClientAndStopBeforeIt() async throws {
    let journal = Journal()
    let supervisor = Supervisor(
      try services(Self.app, journal: journal), clock: ManualClock(), random: { 0 }, log: { _ in })
    let running = Task { try await supervisor.run() }
    await journal.until("start w")
    running.cancel()
    try await running.value
    XCTAssertEqual(journal.all, ["start c", "start w", "stop w", "stop c"])
  }

  func testServicesStopWhenWhatTheyRanForIsDone() async throws {
    let journal = Journal()
    let supervisor = Supervisor(
      try services(Self.app, journal: journal), clock: ManualClock(), random: { 0 }, log: { _ in })
    try await supervisor.run { journal.note("main") }
    XCTAssertEqual(journal.all, ["start c", "start w", "main", "stop w", "stop c"])
  }

  func testAFailedServiceStartsAgainAfterItsPause() async throws {
    let journal = Journal()
    let clock = ManualClock()
    let hasFailed = Mutex(false)
    let supervisor = Supervisor(
      try services(Self.app, journal: journal) { name in
        name == "c"
          && hasFailed.withLock { failed in
            defer { failed = true }
            return !failed
          }
      }, clock: clock, random: { 0 }, log: { _ in })
    let running = Task { try await supervisor.run() }
    // Half of the delay: the jitter's lowest end.
    await clock.untilSleeping(for: .seconds(2))
    XCTAssertEqual(journal.all, ["start c"])
    clock.advance(by: .seconds(2))
    await journal.until("start w")
    XCTAssertEqual(journal.all, ["start c", "start c", "start w"])
    running.cancel()
    try await running.value
  }

  func testAServiceThatDoesNotStopIsLeftBehind() async throws {
    let journal = Journal()
    let clock = ManualClock()
    let registry = try Registry.load(.memory(["_index.yaml": Self.app]), processEnvironment: [:])
    let gate = AsyncStream.makeStream(of: Void.self)
    let stuck = registry.startOrder(of: [EntryID(namespace: "app", name: "c")]).services.map { service in
      SupervisedService(service) {
        {
          journal.note("runs")
          // Deaf to cancellation.
          await Task.detached { for await _ in gate.stream {} }.value
          journal.note("ends")
        }
      }
    }
    let running = Task { try await Supervisor(stuck, clock: clock, random: { 0 }, log: { _ in }).run() }
    await journal.until("runs")
    running.cancel()
    await clock.untilSleeping(for: .seconds(10))
    clock.advance(by: .seconds(10))
    try await running.value
    XCTAssertEqual(journal.all, ["runs"])
    gate.continuation.finish()
  }

  func testTheFailureOfARequiredServiceIsThrown() async throws {
    let journal = Journal()
    let text = Self.app.replacing("initial_delay: 4s", with: "max_attempts: 1")
    let supervisor = Supervisor(
      try services(text, journal: journal) { $0 == "c" }, clock: ManualClock(), random: { 0 }, log: { _ in })
    do {
      try await supervisor.run()
      XCTFail("the client cannot start")
    } catch let failure as ServiceFailure {
      XCTAssertEqual(failure.service.description, "app:c")
      XCTAssertTrue(failure.reason is Boom)
    }
  }
}
