import HindcastCore
import SwiftProtobuf
import Synchronization
import TemporalAPI
import XCTest

@testable import HindcastLua

final class LuaActivityTests: XCTestCase {
  private func outcome(
    _ source: String, _ input: String..., functions: [String: String] = [:], header: String? = nil,
    context: LuaActivities.Context = .init()
  ) -> String {
    let code = LuaWorkflowCode(
      workflows: [:], functions: functions.merging(["app:f": source]) { $1 },
      modules: ["json", "time", "funcs", "ctx", "uuid", "logger"])
    var headers = Temporal_Api_Common_V1_Header()
    if let header { headers.fields["wippy-context"] = JSONPayload.payload(json: header) }
    do throws(LuaActivityFailure) {
      let result = try LuaActivities(code).run(
        "app:f", input: .with { $0.payloads = input.map { JSONPayload.payload(json: $0) } }, header: headers,
        context: context)
      return result.payloads.map { String(decoding: $0.data, as: UTF8.self) }.joined(separator: ",")
    } catch {
      let info = error.failure.applicationFailureInfo
      return "\(info.type)\(info.nonRetryable ? "!" : ""): \(error.failure.message)"
    }
  }

  func testResultsAndFailures() {
    let cases: [(String, String)] = [
      ("return { main = function(x) return { doubled = x * 2 } end }", #"{"doubled":6}"#),
      ("return function() end", "null"),
      ("return function() return nil end", "null"),
      ("return function() return nil, 'broken' end", "Internal!: broken"),
      (
        "return function() return nil, errors.new({ message = 'gone', kind = errors.NOT_FOUND, retryable = true }) end",
        "NotFound: gone"
      ),
      ("return function()\n  error('oops')\nend", "Internal: app:f:2: oops"),
      (
        "return function() error(errors.new({ message = 'kind is lost', kind = 'NotFound' })) end",
        "Internal: kind is lost"
      ),
      ("return { other = function() end }", "Internal: method \"main\" not found in module"),
      (
        "return function() process.listen('x'):receive() end",
        "Internal: the activity waits for something that cannot come"
      ),
      ("return function() channel.new():receive() end", "Internal: the activity waits for something that cannot come"),
    ]
    for (source, expected) in cases { XCTAssertEqual(outcome(source, "3"), expected, source) }
  }

  func testContextAndUUID() {
    XCTAssertEqual(
      outcome(
        "return function() return { ctx.get('tenant'), uuid.validate(uuid.v4()) } end", header: #"{"tenant":"t"}"#),
      #"["t",true]"#)
  }

  func testFunctionsCallEachOther() {
    XCTAssertEqual(
      outcome(
        """
        return function()
          local value = funcs.call("app:g", 20)
          local future = funcs.async("app:g", 1)
          local _, err = funcs.call("app:fails")
          return { value, future:channel():receive():data(), tostring(err), err:kind() }
        end
        """,
        functions: [
          "app:g": "return function(x) return x + 1 end",
          "app:fails": "return function() return nil, errors.new({ message = 'no', kind = 'Conflict' }) end",
        ]), #"[21,2,"no","Conflict"]"#)
  }

  func testSleepsAndTimersTakeTheirTime() {
    let clock = Mutex<Int64>(0)
    let context = LuaActivities.Context(
      now: { clock.withLock { WorkflowTime(seconds: $0 / 1_000_000_000, nanoseconds: Int32($0 % 1_000_000_000)) } },
      sleep: { nanoseconds in
        clock.withLock { $0 += nanoseconds }
        return true
      })
    XCTAssertEqual(
      outcome(
        """
        return function()
          local seen = {}
          local ticks = time.ticker("2s")
          time.sleep("3s")
          table.insert(seen, time.now():unix())
          ticks:channel():receive()
          ticks:channel():receive()
          table.insert(seen, time.now():unix())
          ticks:stop()
          local after = time.after("10s")
          local timer = time.timer("1s")
          channel.select({ after:case_receive(), timer:channel():case_receive() })
          table.insert(seen, time.now():unix())
          return seen
        end
        """, context: context), "[3,4,5]")
  }

  func testCanBeStopped() {
    let context = LuaActivities.Context(sleep: { _ in false })
    XCTAssertEqual(
      outcome("return function() time.sleep('1h') end", context: context), "Internal: context canceled")
  }
}
