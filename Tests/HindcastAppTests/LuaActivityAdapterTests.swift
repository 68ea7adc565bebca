import HindcastApp
import HindcastCore
import HindcastHTTP
import HindcastLua
import HindcastRegistry
import HindcastWorker
import Synchronization
import TemporalAPI
import XCTest

/// Lua activities as a worker runs them, in the machine's own time.
final class LuaActivityAdapterTests: XCTestCase {
  /// Answers when a condition holds.
  private struct PatientExchange: HTTPExchange {
    var isDone: @Sendable () -> Bool

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
      while !isDone() { try await Task.sleep(for: .milliseconds(1)) }
      return HTTPResponse(status: 200, url: request.url)
    }
  }

  private final class Beats: Sendable {
    private let number = Mutex(0)
    var count: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }
  }

  private func adapter(
    _ world: LuaActivityAdapter.World, _ exchange: any HTTPExchange
  ) throws -> LuaActivityAdapter {
    let registry = try Registry.load(
      .memory([
        "_index.yaml": """
        namespace: app
        entries:
          - name: f
            kind: function.lua
            method: main
            modules: [http_client, uuid]
            source: |
              return { main = function()
                local r = http_client.get("http://h/")
                return { status = r.status_code, id = uuid.v4() }
              end }
        """
      ]), processEnvironment: [:])
    let activities = LuaActivities(LuaWorkflowCode(registry))
    activities.share(http: exchange, metrics: nil)
    return LuaActivityAdapter(
      activities, types: ["app:f"], processes: AppProcesses(registry, activities, on: ThreadStage()), world: world)
  }

  private func activity(heartbeatTimeout: Duration, attempt: Int32 = 1, _ beats: Beats = Beats()) -> ActivityContext {
    var info = ActivityInfo()
    info.type = "app:f"
    info.heartbeatTimeout = heartbeatTimeout
    info.attempt = attempt
    return ActivityContext(info: info, beat: { _ in beats.add() })
  }

  func testAnActivityWithAHeartbeatTimeoutReportsWhileItWaits() throws {
    let beats = Beats()
    let adapter = try adapter(.init(), PatientExchange { beats.count >= 3 })
    XCTAssertNotNil(try adapter.run(activity(heartbeatTimeout: .milliseconds(10), beats)))
    XCTAssertGreaterThanOrEqual(beats.count, 3)
  }

  func testItReportsNothingWithoutATimeoutOrWhereItIsNotTo() throws {
    var silent = LuaActivityAdapter.World()
    silent.heartbeats = false
    for (world, timeout) in [(LuaActivityAdapter.World(), Duration.zero), (silent, .milliseconds(10))] {
      let beats = Beats()
      XCTAssertNotNil(try adapter(world, PatientExchange { true }).run(activity(heartbeatTimeout: timeout, beats)))
      XCTAssertEqual(beats.count, 0)
    }
  }

  func testAStopEndsARequestAndSaysWhy() throws {
    for reason in [ActivityCancellation.requested, .workerStopped] {
      let activity = activity(heartbeatTimeout: .zero)
      let adapter = try adapter(
        .init(),
        PatientExchange {
          activity.cancel(reason)
          return false
        })
      do {
        _ = try adapter.run(activity)
        XCTFail("it went on")
      } catch {
        switch (reason, error) {
        case (.requested, .canceled(details: nil)): break
        case (.workerStopped, .failed(let failure)):
          XCTAssertEqual(failure.message, "context canceled")
          XCTAssertFalse(failure.applicationFailureInfo.nonRetryable, "another worker is to try again")
        default: XCTFail("\(reason): \(error)")
        }
      }
    }
  }

  func testRandomValuesFollowFromTheAttemptWhereTheyMustNotDiffer() throws {
    var world = LuaActivityAdapter.World()
    world.usesSystemRandomness = false
    let adapter = try adapter(world, PatientExchange { true })
    let first = try adapter.run(activity(heartbeatTimeout: .zero))
    XCTAssertEqual(try adapter.run(activity(heartbeatTimeout: .zero)), first)
    XCTAssertNotEqual(try adapter.run(activity(heartbeatTimeout: .zero, attempt: 2)), first)
    world.usesSystemRandomness = true
    let random = try self.adapter(world, PatientExchange { true })
    XCTAssertNotEqual(
      try random.run(activity(heartbeatTimeout: .zero)), try random.run(activity(heartbeatTimeout: .zero)))
  }
}
