import HindcastHistory
import HindcastTesting
import Synchronization
import TemporalAPI
import XCTest

/// Lua activities with a heartbeat timeout: as Wippy runs them, and with heartbeats of their own.
final class LuaActivityCancellationTests: XCTestCase {
  /// Asks for the activity, and cancels it after 15 s.
  private static let cancelling = """
    return { main = function(seconds)
      local future = funcs.new():with_options({
        ["activity.heartbeat_timeout"] = "10s", ["activity.wait_for_cancellation"] = true,
        ["activity.retry_policy"] = { maximum_attempts = 1 } }):async("app:slow", seconds)
      local stop = time.after("15s")
      local chosen = channel.select({ future:channel():case_receive(), stop:case_receive() })
      if chosen.channel == stop then
        future:cancel()
        time.sleep("60s")
        return "cancelled"
      end
      local value, err = future:result()
      return err and err:kind() .. ": " .. err:message() or value:data()
    end }
    """
  private static let slow = """
    return { main = function(seconds)
      time.sleep(seconds .. "s")
      print("slept")
      return "done"
    end }
    """

  private func run(
    heartbeat: Bool, seconds: Int
  ) async throws -> (result: String, history: WorkflowHistory, log: [String]) {
    let app = try LuaApp(workflows: ["flow": Self.cancelling], activities: ["slow": Self.slow], for: self)
    var options = TestEnvironmentOptions()
    options.luaActivitiesHeartbeat = heartbeat
    let log = Mutex<[String]>([])
    options.log = { line in log.withLock { $0.append(line) } }
    let environment = try TestEnvironment(app: app.folder, options: options)
    let run = try await environment.start("app:flow", seconds)
    let result: String = try await run.result()
    return (result, try await run.history(), log.withLock { $0 })
  }

  func testWithoutHeartbeatsTheTimeoutHolds() async throws {
    let short = try await run(heartbeat: false, seconds: 9)
    XCTAssertEqual(short.result, "done")
    let long = try await run(heartbeat: false, seconds: 12)
    XCTAssertEqual(long.result, "Timeout: activity Heartbeat timeout")
  }

  func testHeartbeatsLetItTakeItsTime() async throws {
    let long = try await run(heartbeat: true, seconds: 14)
    XCTAssertEqual(long.result, "done")
    XCTAssertTrue(long.log.contains { $0.contains("slept") })
  }

  func testACancelledActivityStopsInItsSleep() async throws {
    let cancelled = try await run(heartbeat: true, seconds: 3600)
    XCTAssertEqual(cancelled.result, "cancelled")
    try cancelled.history.require(.activityTaskCanceled, count: 1)
    XCTAssertFalse(cancelled.log.contains { $0.contains("slept") }, "the code after the sleep must not run")
  }
}
