import Foundation
import HindcastCalls
import HindcastCore
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// How often the heartbeats of an activity go to the server.
final class HeartbeatTests: XCTestCase {
  private func app(_ options: [String], heartbeatTimeout: String?) -> AppText {
    let timeout = heartbeatTimeout.map { "[\"activity.heartbeat_timeout\"] = \"\($0)\"" } ?? ""
    return AppText(
      options: options,
      workflows: [
        "busy": """
        local funcs = require("funcs")
        return funcs.new():with_options({\(timeout)}):call("app:beat")
        """
      ],
      activities: ["beat": "return nil"])
  }

  func testHeartbeatsAreThrottledAsTheEntrySays() async throws {
    let cases: [(options: [String], timeout: String?, interval: Duration)] = [
      ([], nil, .seconds(30)),
      ([], "50s", .seconds(40)),
      ([], "1h", .seconds(60)),
      (["default_heartbeat_throttle_interval: 7s"], nil, .seconds(7)),
      (["default_heartbeat_throttle_interval: 7s"], "50s", .seconds(40)),
      (["max_heartbeat_throttle_interval: 9s"], "50s", .seconds(9)),
      (["max_heartbeat_throttle_interval: 9s"], nil, .seconds(9)),
      (["max_heartbeat_throttle_interval: 2m"], "1h", .seconds(120)),
    ]
    for (options, timeout, interval) in cases {
      let clock = ManualClock()
      let gate = Gate()
      try await withApp(app(options, heartbeatTimeout: timeout)) {
        $0.clock = clock
        $0.activities = ActivityTable([
          "app:beat": { activity in
            func beat(_ count: Int) { activity.heartbeat(.with { $0.payloads = [JSONPayload.payload(count)] }) }
            beat(1)
            gate.enter()
            beat(2)
            beat(3)
            gate.enter()
            return nil
          }
        ])
      } _: { rig in
        defer { gate.open() }
        try await rig.start("app:busy")
        let sleeps = await clock.untilSleeping(1)
        XCTAssertTrue(sleeps)
        XCTAssertEqual(clock.pending, [interval], "\(options), heartbeat timeout \(timeout ?? "none")")
        gate.letPass()
        _ = await gate.untilPassed(1)
        let hasReported = await gate.untilInside(1)
        XCTAssertTrue(hasReported)
        clock.advance(by: interval - .nanoseconds(1))
        XCTAssertEqual(clock.pending, [.nanoseconds(1)])
        clock.advance(by: .nanoseconds(1))
        let sent = try await rig.connection.requests(WorkflowService.recordActivityTaskHeartbeat, atLeast: 2)
        XCTAssertEqual(sent.map { String(decoding: $0.details.payloads[0].data, as: UTF8.self) }, ["1", "3"])
      }
    }
  }
}
