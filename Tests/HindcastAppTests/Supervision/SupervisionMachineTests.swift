import HindcastRegistry
import HindcastWorker
import XCTest

@testable import HindcastApp

/// What a supervisor does about what happens, from entries on; no service is run and no time passes.
final class SupervisionMachineTests: XCTestCase {
  private struct Boom: Error, CustomStringConvertible { let description = "boom" }
  private struct Hopeless: Error, CustomStringConvertible { let description = "hopeless" }

  /// A machine of the app `a`, `b` …: clients that are named with their lifecycles, and what it does told in words.
  private struct Rig {
    var machine: SupervisionMachine
    var attempts: [String: Int] = [:]
    var logged: [String] = []

    init(_ lifecycles: KeyValuePairs<String, String>, random: Double = 0.5) throws {
      let entries = lifecycles.map { name, lifecycle in
        "  - {name: \(name), kind: temporal.client, address: a, lifecycle: {auto_start: true, \(lifecycle)}}\n"
      }
      let text = "namespace: app\nentries:\n" + entries.joined()
      let registry = try Registry.load(.memory(["_index.yaml": text]), processEnvironment: [:])
      let services = registry.startOrder(of: registry.autoStarted).services.map { service in
        SupervisedService(service, isLasting: { $0 is Hopeless }) { {} }
      }
      machine = SupervisionMachine(services) { random }
    }

    private static func id(_ name: String) -> EntryID { EntryID(namespace: "app", name: name) }

    mutating func begin() -> [String] { take(.begin, 0) }
    mutating func stop() -> [String] { take(.stop, 0) }
    mutating func started(_ name: String, at now: Int = 0) -> [String] {
      take(.started(Self.id(name), attempt: attempts[name] ?? 0), now)
    }
    mutating func ended(_ name: String, _ error: (any Error)? = Boom(), at now: Int = 0) -> [String] {
      take(.ended(Self.id(name), attempt: attempts[name] ?? 0, error), now)
    }
    mutating func timeIsUp(_ name: String, at now: Int = 0) -> [String] {
      take(.timeIsUp(Self.id(name), attempt: attempts[name] ?? 0), now)
    }
    func state(_ name: String) -> ServiceState? { machine.state(of: Self.id(name)) }

    private mutating func take(_ event: SupervisionMachine.Event, _ now: Int) -> [String] {
      machine.handle(event, at: .seconds(now)).compactMap { effect in
        switch effect {
        case .start(let id, let attempt):
          attempts[id.name] = attempt
          return "start \(id.name)"
        case .cancel(let id): return "cancel \(id.name)"
        case .wait(let id, let attempt, let duration):
          attempts[id.name] = attempt
          return "wait \(id.name) \(duration.formatted)"
        case .stopWaiting, .allRun: return nil
        case .log(let line):
          logged.append("\(line.level.rawValue) \(line.message) " + line.fields.map(\.value).joined(separator: " "))
          return nil
        case .finish(let error): return "finish" + (error.map { ": \($0)" } ?? "")
        }
      }
    }
  }

  // MARK: Order

  func testAServiceStartsWhenWhatItNeedsRuns() throws {
    var rig = try Rig(["b": "requires: [app:a]", "a": "", "c": "depends_on: [app:a, app:b]", "x": ""])
    XCTAssertEqual(rig.begin(), ["start a", "wait a 10s", "start x", "wait x 10s"])
    XCTAssertEqual(rig.started("x"), [])
    XCTAssertEqual(rig.started("a"), ["start b", "wait b 10s"])
    XCTAssertEqual(rig.started("b"), ["start c", "wait c 10s"])
  }

  func testServicesStopInTheReverseOrder() throws {
    var rig = try Rig(["a": "", "b": "requires: [app:a]", "c": "requires: [app:b], stop_timeout: 3s"])
    _ = rig.begin() + rig.started("a") + rig.started("b") + rig.started("c")
    XCTAssertEqual(rig.stop(), ["cancel c", "wait c 3s"])
    XCTAssertEqual(rig.stop(), [])
    XCTAssertEqual(rig.ended("c", nil), ["cancel b", "wait b 10s"])
    // One that does not stop in time holds nobody up.
    XCTAssertEqual(rig.timeIsUp("b"), ["cancel a", "wait a 10s"])
    XCTAssertEqual(rig.ended("a", CancellationError()), ["finish"])
    XCTAssertTrue(rig.logged.contains("warning service did not stop in time and is left behind app:b 10s"))
  }

  func testAStopReachesServicesThatAreStartingOrPausing() throws {
    var rig = try Rig(["a": "", "b": "", "c": "requires: [app:a]"])
    _ = rig.begin() + rig.ended("b")
    XCTAssertEqual(rig.state("b"), .pausing)
    XCTAssertEqual(rig.stop(), ["cancel a", "wait a 10s"])
    // Started after all: its end is still to come.
    XCTAssertEqual(rig.started("a"), [])
    XCTAssertEqual(rig.ended("a", nil), ["finish"])
  }

  // MARK: Restarts

  func testRestartsAreSpacedAsConfigured() throws {
    let restart = "restart: {initial_delay: 2s, max_delay: 9s, backoff_factor: 2, jitter: 0.5}"
    // The middle of the jitter, its lowest end, and a factor of the app's own.
    for (random, pauses) in [(0.5, ["2s", "4s", "8s", "9s", "9s"]), (0.0, ["1s", "2s", "4s", "4.5s", "4.5s"])] {
      var rig = try Rig(["a": restart], random: random)
      _ = rig.begin()
      for pause in pauses {
        XCTAssertEqual(rig.ended("a"), ["wait a \(pause)"])
        XCTAssertEqual(rig.timeIsUp("a"), ["start a", "wait a 10s"])
      }
    }
    var tripled = try Rig(["a": "restart: {backoff_factor: 3, jitter: 0.1}"], random: 0)
    _ = tripled.begin()
    XCTAssertEqual(tripled.ended("a"), ["wait a 900ms"])
    _ = tripled.timeIsUp("a")
    XCTAssertEqual(tripled.ended("a"), ["wait a 2.7s"])
  }

  func testFailuresCountAnewOnceAServiceWasStable() throws {
    var rig = try Rig(["a": "stable_threshold: 30s, restart: {jitter: 0.0001}"])
    _ = rig.begin() + rig.ended("a") + rig.timeIsUp("a")
    _ = rig.started("a", at: 100)
    XCTAssertEqual(rig.ended("a", at: 129), ["wait a 2s"])
    _ = rig.timeIsUp("a") + rig.started("a", at: 200)
    XCTAssertEqual(rig.ended("a", at: 230), ["wait a 1s"])
  }

  func testAServiceThatEndsByItselfHasFailed() throws {
    var rig = try Rig(["a": ""])
    _ = rig.begin() + rig.started("a")
    XCTAssertEqual(rig.ended("a", nil), ["wait a 1s"])
    XCTAssertTrue(rig.logged.contains("warning service failed and is started again app:a it ended 1 1s"))
  }

  func testAStartThatTakesTooLongHasFailed() throws {
    var rig = try Rig(["a": "start_timeout: 3s"])
    XCTAssertEqual(rig.begin(), ["start a", "wait a 3s"])
    let late = rig.attempts["a"] ?? 0
    XCTAssertEqual(rig.timeIsUp("a"), ["cancel a", "wait a 1s"])
    XCTAssertTrue(rig.logged.contains { $0.contains("it did not start within 3s (lifecycle.start_timeout)") })
    // What the late start still tells is no news.
    rig.attempts["a"] = late
    XCTAssertEqual(rig.started("a"), [])
    XCTAssertEqual(rig.ended("a"), [])
    XCTAssertEqual(rig.state("a"), .pausing)
  }

  // MARK: The end of patience

  func testARequiredServiceTakesTheAppWithIt() throws {
    var rig = try Rig(["a": "", "b": "requires: [app:a], restart: {max_attempts: 2}"])
    _ = rig.begin() + rig.started("a") + rig.ended("b")
    _ = rig.timeIsUp("b")
    XCTAssertEqual(rig.ended("b"), ["cancel a", "wait a 10s"])
    XCTAssertEqual(rig.ended("a", nil), ["finish: service app:b failed: boom"])
  }

  func testAFailureThatLastsIsNotTriedAgain() throws {
    var rig = try Rig(["a": ""])
    _ = rig.begin()
    XCTAssertEqual(rig.ended("a", Hopeless()), ["finish: service app:a failed: hopeless"])
  }

  func testTheAppGoesOnWithoutAnOptionalService() throws {
    var rig = try Rig(["a": "startup: optional, restart: {max_attempts: 1}", "b": "requires: [app:a]", "c": ""])
    _ = rig.begin() + rig.started("c")
    XCTAssertEqual(rig.ended("a"), [])
    XCTAssertEqual(["a", "b", "c"].map(rig.state), [.failed, .blocked, .running])
    XCTAssertTrue(rig.logged.contains("error service failed; the app goes on without it app:a boom"))
    XCTAssertTrue(rig.logged.contains("error service cannot start: what it needs has failed app:b"))
    XCTAssertEqual(rig.stop(), ["cancel c", "wait c 10s"])
    XCTAssertEqual(rig.ended("c", nil), ["finish"])
  }

  func testAnAppOfWhichNothingIsLeftEnds() throws {
    var rig = try Rig(["a": "startup: optional", "b": "requires: [app:a]"])
    _ = rig.begin()
    XCTAssertEqual(
      rig.ended("a", Hopeless()), ["finish: service app:b failed: none of the services that it needs can run"])
  }
}
