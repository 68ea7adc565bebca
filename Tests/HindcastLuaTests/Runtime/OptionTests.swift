import HindcastCore
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastLua

/// Options of activities and child workflows (spec/wippy.md 8.2, 8.6), search attributes and memo (8.12).
final class OptionTests: XCTestCase {
  private func activity(_ options: String) throws -> Temporal_Api_Command_V1_Command {
    let run = try LuaTestRun("return function() funcs.new():with_options({ \(options) }):call('app:x') end")
    return try XCTUnwrap(try run.task().first)
  }

  private func child(_ options: String, host: String = "q") throws -> Temporal_Api_Command_V1_Command {
    let run = try LuaTestRun(
      "return function() process.with_options({ \(options) }):spawn('app:x', '\(host)', 1) end")
    return try XCTUnwrap(try run.task().first)
  }

  func testActivityOptions() throws {
    let command = try activity(
      """
      ["activity.id"] = "mine", ["activity.task_queue"] = "gpu", ["activity.schedule_to_close_timeout"] = "1h",
      ["activity.schedule_to_start_timeout"] = 1500, ["activity.start_to_close_timeout"] = 0.5,
      ["temporal.activity.heartbeat_timeout"] = "3s", ["activity.disable_eager_execution"] = true,
      ["activity.retry_policy"] = { initialInterval = "1s", backoff_coefficient = 1.5, MAXIMUM_INTERVAL = 10000,
        maximum_attempts = 3, non_retryable_error_types = "Conflict" },
      ["activity.summary"] = "charge", ["activity.priority"] = { priority_key = 2, fairness_key = "k", fairness_weight = 1.5 },
      ["unknown"] = {},
      """)
    let attributes = command.scheduleActivityTaskCommandAttributes
    XCTAssertEqual(attributes.activityID, "mine")
    XCTAssertEqual(attributes.taskQueue.name, "gpu")
    XCTAssertFalse(attributes.useWorkflowBuildID)
    XCTAssertEqual(attributes.scheduleToCloseTimeout.seconds, 3600)
    XCTAssertEqual(attributes.scheduleToStartTimeout.nanos, 500_000_000)
    XCTAssertEqual(attributes.startToCloseTimeout.nanos, 500_000)
    XCTAssertEqual(attributes.heartbeatTimeout.seconds, 3)
    XCTAssertFalse(attributes.requestEagerExecution)
    XCTAssertEqual(attributes.retryPolicy.initialInterval.seconds, 1)
    XCTAssertEqual(attributes.retryPolicy.backoffCoefficient, 1.5)
    XCTAssertEqual(attributes.retryPolicy.maximumInterval.seconds, 10)
    XCTAssertEqual(attributes.retryPolicy.maximumAttempts, 3)
    XCTAssertEqual(attributes.retryPolicy.nonRetryableErrorTypes, ["Conflict"])
    XCTAssertEqual(attributes.priority.priorityKey, 2)
    XCTAssertEqual(String(decoding: command.userMetadata.summary.data, as: UTF8.self), #""charge""#)
  }

  func testBuildIDs() throws {
    let cases: [(String, Bool)] = [
      ("", true), (#"["activity.task_queue"] = "other""#, false),
      (#"["activity.task_queue"] = "other", ["activity.versioning_intent"] = "compatible""#, true),
      (#"["activity.versioning_intent"] = "use-assignment-rules""#, false),
      (#"["activity.versioning_intent"] = 2"#, false),
    ]
    for (options, expected) in cases {
      XCTAssertEqual(
        try activity(options).scheduleActivityTaskCommandAttributes.useWorkflowBuildID, expected, options)
    }
  }

  func testErrorsInActivityOptions() throws {
    let cases = [
      (#"["activity.id"] = 5"#, "activity.id must be a string, got int64"),
      (#"["activity.task_queue"] = """#, "activity.task_queue cannot be empty"),
      (#"["activity.wait_for_cancellation"] = "yes""#, "activity.wait_for_cancellation must be a boolean, got string"),
      (
        #"["activity.start_to_close_timeout"] = "5""#,
        #"activity.start_to_close_timeout must be a duration string (e.g. "5s"): time: missing unit in duration "5""#
      ),
      (
        #"["activity.start_to_close_timeout"] = true"#,
        "activity.start_to_close_timeout must be a duration string or milliseconds number, got bool"
      ),
      (#"["activity.retry_policy"] = "x""#, "activity.retry_policy must be a table/map, got string"),
      (
        #"["activity.retry_policy"] = { maximum_attempts = 1.5 }"#,
        "activity.retry_policy.maximum_attempts must be an integer number, got 1.5"
      ),
      (
        #"["activity.retry_policy"] = { non_retryable_error_types = { 1 } }"#,
        "activity.retry_policy.non_retryable_error_types must contain only strings, got int64"
      ),
      (#"["activity.versioning_intent"] = "x""#, #"activity.versioning_intent has invalid value "x""#),
      (
        #"["activity.versioning_intent"] = {}"#,
        "activity.versioning_intent must be enum string/int, got map[string]interface {}"
      ),
    ]
    for (options, message) in cases {
      let run = try LuaTestRun(
        "return function() local _, err = funcs.new():with_options({ \(options) }):call('app:x') return tostring(err) end"
      )
      XCTAssertEqual(try run.task().map(\.brief), ["complete"], options)
      let expected = GoValue.string("invalid temporal activity options for app:x: \(message)").json
      XCTAssertEqual(run.outcome, String(decoding: expected, as: UTF8.self))
    }
  }

  func testFunctionsThatDoNotExist() throws {
    let cases = [
      ("''", "function ID required"), ("'x'", "namespace required in function ID"),
      ("'app:'", "name required in function ID"),
    ]
    for (target, message) in cases {
      let run = try LuaTestRun(
        "return function() local _, err = funcs.call(\(target)) return { err:kind(), tostring(err) } end")
      try run.task()
      XCTAssertEqual(run.outcome, #"["Invalid","\#(message)"]"#)
    }
  }

  func testChildOptions() throws {
    let command = try child(
      """
      ["workflow.id"] = "c1", ["workflow.task_queue"] = "ignored", ["workflow.run_timeout"] = "1m",
      ["workflow.id_reuse_policy"] = "reject-duplicate", ["workflow.parent_close_policy"] = "PARENT_CLOSE_POLICY_ABANDON",
      ["workflow.cron_schedule"] = "* * * * *", ["workflow.memo"] = { n = 1, f = 1.5, list = { "a" } },
      ["temporal.workflow.typed_search_attributes"] = { Text = "x", Flag = true, Count = 3, Ratio = 0.5, Tags = { "a", "b" } },
      ["temporal.workflow.static_summary"] = "s", ["workflow.details"] = "d", ["workflow.namespace"] = "other",
      """)
    let attributes = command.startChildWorkflowExecutionCommandAttributes
    XCTAssertEqual(attributes.workflowID, "c1")
    XCTAssertEqual(attributes.taskQueue.name, "q")
    XCTAssertFalse(attributes.inheritBuildID)
    XCTAssertEqual(attributes.workflowRunTimeout.seconds, 60)
    XCTAssertEqual(attributes.workflowIDReusePolicy, .rejectDuplicate)
    XCTAssertEqual(attributes.parentClosePolicy, .abandon)
    XCTAssertEqual(attributes.cronSchedule, "* * * * *")
    XCTAssertEqual(attributes.namespace, "other")
    XCTAssertEqual(
      attributes.memo.fields.mapValues { String(decoding: $0.data, as: UTF8.self) },
      ["n": "1", "f": "1.5", "list": #"["a"]"#])
    XCTAssertEqual(
      attributes.searchAttributes.indexedFields.mapValues {
        String(decoding: $0.metadata["type"] ?? .init(), as: UTF8.self) + " " + String(decoding: $0.data, as: UTF8.self)
      },
      [
        "Text": #"Keyword "x""#, "Flag": "Bool true", "Count": "Int 3", "Ratio": "Double 0.5",
        "Tags": #"KeywordList ["a","b"]"#,
      ])
    XCTAssertEqual(String(decoding: command.userMetadata.details.data, as: UTF8.self), #""d""#)
  }

  func testChildrenOnTheOwnQueue() throws {
    XCTAssertTrue(
      try child("", host: "test-queue").startChildWorkflowExecutionCommandAttributes.inheritBuildID)
    let run = try LuaTestRun("return function() process.spawn('foo', '') end")
    let attributes = try XCTUnwrap(try run.task().first).startChildWorkflowExecutionCommandAttributes
    XCTAssertEqual(attributes.workflowType.name, ":foo")
    XCTAssertEqual(attributes.taskQueue.name, "test-queue")
    XCTAssertTrue(attributes.hasInput)
    let exec = try LuaTestRun("return function() workflow.exec('a:b') end")
    XCTAssertFalse(try XCTUnwrap(try exec.task().first).startChildWorkflowExecutionCommandAttributes.hasInput)
  }

  func testSpawnersCarryContext() throws {
    var header = Temporal_Api_Common_V1_Header()
    header.fields["wippy-context"] = JSONPayload.payload(json: #"{"tenant":"t1","n":3}"#)
    header.fields["wippy-security"] = JSONPayload.payload(json: #"{"actor":{"id":"u"}}"#)
    let run = try LuaTestRun(
      """
      return function()
        process.with_context({ tenant = "t2" }):with_context({ extra = { 1 } }):with_name("n"):with_message("t", 1)
          :spawn_monitored("a:b", "q")
      end
      """, header: header)
    let attributes = try XCTUnwrap(try run.task().first).startChildWorkflowExecutionCommandAttributes
    XCTAssertEqual(
      attributes.header.fields.mapValues { String(decoding: $0.data, as: UTF8.self) },
      ["wippy-context": #"{"extra":[1],"n":3,"tenant":"t2"}"#, "wippy-security": #"{"actor":{"id":"u"}}"#])
  }

  func testErrorsInChildOptions() throws {
    let cases = [
      (#"["workflow.id"] = """#, "workflow.id cannot be empty"),
      (#"["workflow.parent_close_policy"] = "x""#, #"workflow.parent_close_policy has invalid value "x""#),
      (#"["workflow.memo"] = 1"#, "workflow.memo must be a table/map, got int64"),
      (
        #"["workflow.search_attributes"] = { A = { x = 1 } }"#,
        #"search attribute "A": unsupported value type map[string]interface {}"#
      ),
      (
        #"["workflow.search_attributes"] = { A = { 1 } }"#,
        #"search attribute "A": keyword list item at index 0 must be string, got int64"#
      ),
    ]
    for (options, message) in cases {
      let run = try LuaTestRun(
        "return function() local _, err = process.with_options({ \(options) }):spawn('app:x', 'q') return tostring(err) end"
      )
      XCTAssertEqual(try run.task().map(\.brief), ["complete"], options)
      let expected = GoValue.string("invalid temporal child workflow options for app:x: \(message)").json
      XCTAssertEqual(run.outcome, String(decoding: expected, as: UTF8.self))
    }
  }

  func testSearchAttributesAndMemo() throws {
    let cases: [(String, [String], String)] = [
      (
        "{ search = { Status = 'done', Ratio = 1 / 2, Count = 4 / 2 }, memo = { a = 'x', n = 1 } }",
        [#"upsert Count=2,Ratio=0.5,Status="done""#, #"memo a="x",n="#, "complete"], "[true]"
      ),
      (
        "{ memo = { list = { 'a' }, map = { k = true } } }", [#"memo list=["a"],map={"k":true}"#, "complete"], "[true]"
      ),
      ("{ search = {}, memo = {} }", ["complete"], "[true]"),
      // Integers are lost on the way (spec/wippy.md 8.5).
      ("{ search = { N = 1 } }", ["complete"], #"["search attribute \"N\": unsupported value type \u003cnil\u003e"]"#),
      ("{}", ["complete"], #"["at least one of search or memo required"]"#),
      ("{ search = 1 }", ["complete"], #"["search must be a table"]"#),
      (
        "{ search = { TemporalChangeVersion = 'x' } }", ["complete"],
        #"["TemporalChangeVersion is a reserved key that cannot be set, please use other key"]"#
      ),
    ]
    for (arguments, commands, outcome) in cases {
      let run = try LuaTestRun(
        "return function() local ok, err = workflow.attrs(\(arguments)) return { err and tostring(err) or ok } end")
      XCTAssertEqual(try run.task().map(\.brief), commands, arguments)
      XCTAssertEqual(run.outcome, outcome, arguments)
    }
  }

  func testVersions() throws {
    let run = try LuaTestRun(
      """
      return function()
        local _, empty = workflow.version("", 1, 2)
        local _, crossed = workflow.version("x", 2, 1)
        return { tostring(empty), tostring(crossed), workflow.version("x", 1, 2), math.type((workflow.version("x", 1, 2))) }
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief).first, #"marker Version "x""#)
    XCTAssertEqual(
      run.outcome,
      #"["change ID required","min_supported cannot be greater than max_supported",2,"float"]"#)
  }
}
