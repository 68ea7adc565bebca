import Foundation
import HindcastHistory
import HindcastTesting
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Each option of `process.with_options` where it starts a workflow from outside, shown by what the server recorded.
final class StartOptionTests: XCTestCase {
  private static let workflow = "return function(input) time.sleep('1h') return input end"
  private static let driver = """
    local function main(options, name)
      local spawner = process.with_options(options)
      if name then spawner = spawner:with_name(name) end
      local pid, err = spawner:spawn("app:waiter", "app:worker", 1)
      return {pid = pid, error = err and tostring(err)}
    end
    return { main = main }
    """

  private struct Outcome: Decodable {
    var pid: String?
    var error: String?
  }

  private func environment(prefix: String = "") throws -> TestEnvironment {
    let app = try LuaApp(
      workflows: ["waiter": Self.workflow], functions: ["driver": Self.driver], prefix: prefix, for: self)
    return try TestEnvironment(app: app.folder)
  }

  private func start(
    _ options: String, name: String? = nil, in environment: TestEnvironment
  ) async throws -> Outcome {
    var input = [options]
    if let name { input.append("\"\(name)\"") }
    let payloads = Payloads.with {
      $0.payloads = input.map { text in
        .with {
          $0.metadata = ["encoding": .init("json/plain".utf8)]
          $0.data = .init(text.utf8)
        }
      }
    }
    let result = try await environment.call("app:driver", payloads: payloads)
    return try JSONDecoder().decode(Outcome.self, from: result?.payloads.first?.data ?? .init())
  }

  /// The first event of the only workflow.
  private func started(_ environment: TestEnvironment) async throws -> (HistoryEvent, StartedAttributes) {
    let history = try await environment.rootWorkflows()[0].history()
    return (history.events[0], try XCTUnwrap(history.startedAttributes))
  }

  typealias StartedAttributes = Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes
  typealias Check = (HistoryEvent, StartedAttributes) -> Bool

  func testEachOptionReachesTheServer() async throws {
    let cases: [(String, String, Check)] = [
      ("id", "\"own-id\"", { $1.workflowID == "own-id" }),
      ("task_queue", "\"elsewhere\"", { $1.taskQueue.name == "elsewhere" }),
      ("execution_timeout", "\"48h\"", { $1.workflowExecutionTimeout.seconds == 172_800 }),
      ("run_timeout", "90000000", { $1.workflowRunTimeout.seconds == 90_000 }),
      ("task_timeout", "\"3s\"", { $1.workflowTaskTimeout.seconds == 3 }),
      (
        "retry_policy",
        #"{"maximum_attempts": 4, "initial_interval": "2s", "backoff_coefficient": 3, "maximumInterval": "9s", "#
          + #""non_retryable_error_types": ["Invalid"]}"#,
        {
          $1.retryPolicy.maximumAttempts == 4 && $1.retryPolicy.initialInterval.seconds == 2
            && $1.retryPolicy.backoffCoefficient == 3 && $1.retryPolicy.maximumInterval.seconds == 9
            && $1.retryPolicy.nonRetryableErrorTypes == ["Invalid"]
        }
      ),
      ("cron_schedule", "\"0 12 * * *\"", { $1.cronSchedule == "0 12 * * *" }),
      (
        "memo", #"{"note": "n", "count": 2}"#,
        { $1.memo.fields["note"]?.jsonText == "\"n\"" && $1.memo.fields.count == 2 }
      ),
      (
        "search_attributes", #"{"Customer": "acme"}"#,
        { $1.searchAttributes.indexedFields["Customer"]?.jsonText == "\"acme\"" }
      ),
      ("enable_eager_start", "true", { $1.eagerExecutionAccepted }),
      ("start_delay", "\"1m\"", { $1.firstWorkflowTaskBackoff.seconds == 60 }),
      ("summary", "\"in short\"", { event, _ in event.userMetadata.summary.jsonText == "\"in short\"" }),
      ("details", "\"at length\"", { event, _ in event.userMetadata.details.jsonText == "\"at length\"" }),
      ("versioning_override", "\"auto_upgrade\"", { $1.versioningOverride.autoUpgrade }),
      (
        "priority", #"{"priority_key": 2, "fairness_key": "f", "fairness_weight": 1.5}"#,
        { $1.priority.priorityKey == 2 && $1.priority.fairnessKey == "f" && $1.priority.fairnessWeight == 1.5 }
      ),
    ]
    let aliases = [
      "summary": ["temporal.workflow.static_summary"], "details": ["temporal.workflow.static_details"],
      "search_attributes": ["temporal.workflow.search_attributes", "temporal.workflow.typed_search_attributes"],
    ]
    for (name, value, isThere) in cases {
      for key in ["workflow.\(name)"] + (aliases[name] ?? ["temporal.workflow.\(name)"]) {
        let environment = try environment()
        try await environment.addSearchAttributes(["Customer": .keyword])
        let outcome = try await start("{\"\(key)\": \(value)}", in: environment)
        XCTAssertNil(outcome.error, key)
        let (event, attributes) = try await started(environment)
        XCTAssertTrue(isThere(event, attributes), "\(key): \(attributes)")
      }
    }
    // A version can be named only where its workers poll, so the server's refusal shows that it was named.
    for key in ["workflow.versioning_override", "temporal.workflow.versioning_override"] {
      let options = #"{"\#(key)": {"mode": "pinned", "version": {"deployment_name": "shop", "build_id": "7"}}}"#
      let error = try await start(options, in: try environment()).error
      XCTAssertTrue(error?.contains("Pinned version 'shop:7' is not present") == true, "\(error ?? "no error")")
    }
    // Without options, none of it is there.
    let environment = try environment()
    _ = try await start("{}", in: environment)
    let (event, attributes) = try await started(environment)
    for (name, _, isThere) in cases { XCTAssertFalse(isThere(event, attributes), name) }
  }

  /// Whether the second start of an id finds, replaces or is refused by the first.
  func testConflictsAndReuse() async throws {
    enum Second: Equatable { case same, new, refused }
    let cases: [(String, Bool, Second)] = [
      ("{}", false, .same),
      (#"{"workflow.id_conflict_policy": "use_existing"}"#, false, .same),
      (#"{"workflow.id_conflict_policy": "terminate-existing"}"#, false, .new),
      // What Go's client takes no error for unless it is told to.
      (#"{"workflow.id_conflict_policy": "fail"}"#, false, .same),
      (#"{"workflow.execution_error_when_already_started": true}"#, false, .refused),
      (
        #"{"workflow.execution_error_when_already_started": true, "workflow.id_conflict_policy": "WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING"}"#,
        false, .same
      ),
      (#"{"workflow.id_conflict_policy": 1, "workflow.execution_error_when_already_started": true}"#, false, .refused),
      ("{}", true, .new),
      (#"{"workflow.id_reuse_policy": "allow_duplicate"}"#, true, .new),
      (
        #"{"workflow.id_reuse_policy": "reject_duplicate", "workflow.execution_error_when_already_started": true}"#,
        true,
        .refused
      ),
      (
        #"{"workflow.id_reuse_policy": "allow_duplicate_failed_only", "workflow.execution_error_when_already_started": true}"#,
        true, .refused
      ),
    ]
    for (options, isClosed, expected) in cases {
      let environment = try environment()
      _ = try await start("{}", name: "one", in: environment)
      let first = try await environment.rootWorkflows()[0]
      if isClosed { try await first.result() }
      let outcome = try await start(options, name: "one", in: environment)
      let runs = try await environment.workflows().count
      let second: Second = outcome.error != nil ? .refused : runs == 1 ? .same : .new
      XCTAssertEqual(second, expected, "\(options) \(isClosed): \(outcome)")
      if second != .refused { XCTAssertEqual(outcome.pid, "{app:client@app:worker|one}", options) }
    }
  }

  func testMistakesAreNamed() async throws {
    let cases = [
      #""workflow.id": """#: "workflow.id cannot be empty",
      #""workflow.id": 7"#: "workflow.id must be a string, got int64",
      #""workflow.task_queue": """#: "workflow.task_queue cannot be empty",
      #""workflow.run_timeout": true"#:
        "workflow.run_timeout must be a duration string or milliseconds number, got bool",
      #""workflow.id_conflict_policy": "maybe""#: #"workflow.id_conflict_policy has invalid value "maybe""#,
      #""workflow.enable_eager_start": "yes""#: "workflow.enable_eager_start must be a boolean, got string",
      #""workflow.memo": "m""#: "workflow.memo must be a table/map, got string",
      #""workflow.retry_policy": {"maximum_attempts": 1.5}"#:
        "workflow.retry_policy.maximum_attempts must be an integer number, got 1.5",
      #""workflow.versioning_override": "pinned""#:
        #"workflow.versioning_override mode "pinned" requires map with version details"#,
      #""workflow.versioning_override": {"version": {}}"#: "workflow.versioning_override.mode is required",
      #""workflow.versioning_override": {"mode": "pinned"}"#:
        "workflow.versioning_override.version.deployment_name is required for pinned mode",
      #""workflow.versioning_override": {"mode": "pinned", "deploymentName": "d"}"#:
        "workflow.versioning_override.version.build_id is required for pinned mode",
      #""workflow.versioning_override": {"mode": "free"}"#:
        #"workflow.versioning_override.mode must be "pinned" or "auto_upgrade""#,
    ]
    let environment = try environment()
    for (options, message) in cases {
      let outcome = try await start("{\(options)}", in: environment)
      XCTAssertEqual(outcome.error, message)
      XCTAssertNil(outcome.pid)
    }
    let runs = try await environment.workflows()
    XCTAssertTrue(runs.isEmpty)
  }

  func testTheWorkersQueueHasThePrefixAndANamedOneHasNot() async throws {
    for (options, queue) in [("{}", "blue-queue"), (#"{"workflow.task_queue": "queue"}"#, "queue")] {
      let environment = try environment(prefix: "blue-")
      _ = try await start(options, in: environment)
      let (_, attributes) = try await started(environment)
      XCTAssertEqual(attributes.taskQueue.name, queue)
      let run = try await environment.rootWorkflows()[0]
      if options == "{}" {
        // Its worker polls there.
        let result: Int = try await run.result()
        XCTAssertEqual(result, 1)
      } else {
        do {
          try await run.result()
          XCTFail("no worker polls \(queue)")
        } catch TestEnvironmentError.stuck {}
      }
    }
  }
}
