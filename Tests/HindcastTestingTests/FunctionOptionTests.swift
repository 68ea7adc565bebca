import Foundation
import HindcastHistory
import HindcastTestSupport
import HindcastTesting
import SwiftProtobuf
import TemporalAPI
import XCTest

/// `meta.options` of a function: what every call of it as an activity gets, unless the call says otherwise.
final class FunctionOptionTests: XCTestCase {
  private func scheduled(_ call: String) async throws -> Temporal_Api_History_V1_ActivityTaskScheduledEventAttributes {
    let folder = try TemporaryFolder()
    let index = """
      namespace: app
      entries:
        - { name: client, kind: temporal.client, address: "localhost:7233" }
        - { name: worker, kind: temporal.worker, client: "app:client", task_queue: queue }
        - name: flow
          kind: workflow.lua
          modules: [funcs]
          source: |
            return { main = function() local v, err = \(call) if err then error(err:message()) end return v end }
          meta: { temporal: { workflow: { worker: worker } } }
        - name: act
          kind: function.lua
          method: main
          source: return { main = function() return 1 end }
          meta:
            temporal: { activity: { worker: worker } }
            options:
              activity.start_to_close_timeout: 7s
              activity.heartbeat_timeout: 3000
              activity.retry_policy: { maximum_attempts: 2, initial_interval: 1500 }
      """
    try folder.write(index, to: "_index.yaml")
    let environment = try TestEnvironment(app: folder.path)
    let run = try await environment.start("app:flow")
    let _: Int = try await run.result()
    let event = try await run.history().events.first { $0.eventType == .activityTaskScheduled }
    return try XCTUnwrap(event).activityTaskScheduledEventAttributes
  }

  func testEveryCallGetsTheFunctionsOptions() async throws {
    let options = try await scheduled("funcs.call('app:act')")
    XCTAssertEqual(options.startToCloseTimeout.seconds, 7)
    XCTAssertEqual(options.heartbeatTimeout.seconds, 3)
    XCTAssertEqual(options.retryPolicy.maximumAttempts, 2)
    XCTAssertEqual(options.retryPolicy.initialInterval.nanos, 500_000_000)
  }

  func testACallOverridesThemKeyByKey() async throws {
    let options = try await scheduled(
      "funcs.new():with_options({ ['activity.start_to_close_timeout'] = '9s', ['activity.retry_policy'] = "
        + "{ maximum_attempts = 5 } }):call('app:act')")
    XCTAssertEqual(options.startToCloseTimeout.seconds, 9)
    XCTAssertEqual(options.heartbeatTimeout.seconds, 3)
    XCTAssertEqual(options.retryPolicy.maximumAttempts, 5)
    XCTAssertEqual(options.retryPolicy.initialInterval.nanos, 0, "the policy is one key")
  }
}
