#if GRPC
import Foundation
import HindcastApp
import HindcastCore
import HindcastGateway
import HindcastRegistry
import HindcastTestSupport
import HindcastWorker
import XCTest

@testable import hindcast

/// How entries become workers, and what the command writes.
final class WorkerCommandTests: XCTestCase {
  private func app(_ entries: String) throws -> WorkerApp {
    let text = "namespace: app\nentries:\n" + entries
    let registry = try Registry.load(.memory(["_index.yaml": text]), processEnvironment: [:])
    return WorkerApp(registry: registry, from: "shop")
  }

  private static let client = """
      - {name: client, kind: temporal.client, address: "localhost:7233", namespace: space, tq_prefix: "dev-"}

    """

  func testEntriesBecomePlans() throws {
    let app = try app(
      Self.client + """
          - {name: one, kind: temporal.worker, client: app:client, task_queue: orders, lifecycle: {auto_start: true},
             worker_options: {identity: me, worker_stop_timeout: 3s, max_concurrent_activity_execution_size: 7}}
          - {name: two, kind: temporal.worker, client: app:client, task_queue: others, lifecycle: {auto_start: true},
             worker_options: {disable_workflow_worker: true}}
          - {name: idle, kind: temporal.worker, client: app:client, task_queue: idle}
          - {name: order, kind: workflow.lua, source: "return function() end",
             meta: {temporal: {workflow: {worker: one, name: order}}}}
          - {name: charge, kind: function.lua, method: main, source: "return function() end",
             meta: {temporal: {activity: {worker: one}}}}
          - {name: mail, kind: function.lua, method: main, source: "return function() end",
             meta: {temporal: {activity: {worker: two}}}}

        """)
    let plans = try app.plans(client: nil)
    XCTAssertEqual(plans.map(\.entry.description), ["app:one", "app:two"])
    XCTAssertEqual(plans.map(\.configuration.taskQueue), ["dev-orders", "dev-others"])
    XCTAssertEqual(plans.map(\.configuration.namespace), ["space", "space"])
    XCTAssertEqual(plans[0].configuration.identity, "me")
    XCTAssertEqual(plans[0].configuration.stopTimeout, .seconds(3))
    XCTAssertEqual(plans[0].configuration.maximumConcurrentActivities, 7)
    XCTAssertEqual(plans[0].configuration.workflows?.workflowTypes, ["order"])
    XCTAssertEqual(plans[0].configuration.activities?.activityTypes, ["app:charge"])
    XCTAssertNil(plans[1].configuration.workflows)
    XCTAssertEqual(plans[1].configuration.activities?.activityTypes, ["app:mail"])
  }

  func testAWorkerHasOnlyItsOwnWorkflows() throws {
    let app = try app(
      Self.client + """
          - {name: one, kind: temporal.worker, client: app:client, task_queue: orders, lifecycle: {auto_start: true}}
          - {name: two, kind: temporal.worker, client: app:client, task_queue: others, lifecycle: {auto_start: true}}
          - {name: order, kind: workflow.lua, source: "return function() end",
             meta: {temporal: {workflow: {worker: one, name: custom}}}}

        """)
    let plans = try app.plans(client: nil)
    let cases: [(worker: Int, type: String, isKnown: Bool)] = [
      (0, "custom", true), (0, "app:order", true), (0, "strange", false), (1, "custom", false),
    ]
    for (worker, type, isKnown) in cases {
      let code = try XCTUnwrap(plans[worker].configuration.workflows)
      var info = WorkflowInfo()
      info.workflowType = type
      let runtime = try code.makeRuntime(RuntimeOptions())
      do {
        let instance = try runtime.makeInstance(in: WorkflowEnvironment(info: info))
        instance.close()
        XCTAssertTrue(isKnown, "\(type) on \(worker)")
      } catch {
        XCTAssertEqual(error.kind, .unregisteredType)
        XCTAssertFalse(isKnown, "\(type) on \(worker): \(error)")
      }
    }
  }

  func testWhatCannotRunIsRefused() throws {
    let worker = "  - {name: one, kind: temporal.worker, client: app:client, task_queue: orders}\n"
    let started = worker.replacing("orders}", with: "orders, lifecycle: {auto_start: true}}")
    let cases: [(entries: String, client: String?, message: String)] = [
      (Self.client, nil, "shop has no temporal.worker to start"),
      (Self.client + worker, nil, "those it has lack lifecycle.auto_start: true"),
      (Self.client + started, "app:other", "shop has no temporal.client app:other; it has app:client"),
    ]
    for (entries, client, message) in cases {
      XCTAssertThrowsError(try app(entries).plans(client: client.map(EntryID.init(parsing:)))) { error in
        XCTAssertTrue("\(error)".contains(message), "\(error)")
      }
    }
  }

  // MARK: Log lines

  func testLogLinesAreOneLineEach() {
    let cases: [(value: String, text: String)] = [
      ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
      ("say \"hi\"", "\"say \\\"hi\\\"\""), ("one\ntwo\r\tthree", "\"one\\ntwo\\r\\tthree\""),
      ("back\\slash", "\"back\\\\slash\""), ("\u{1b}[31m", "\"\\u{1b}[31m\""), ("größer", "\"größer\""),
      ("\u{9b}x", "\"\\u{9b}x\""),
    ]
    for (value, text) in cases {
      let line = WorkerLogLine(.warning, "message", [.init("key", value)])
      XCTAssertEqual(
        WorkerLogFormat.text(of: line, at: Date(timeIntervalSince1970: 0)),
        "time=1970-01-01T00:00:00Z level=warning msg=message key=\(text)")
    }
  }
}
#endif
