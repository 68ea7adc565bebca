import HindcastCore
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastLua

/// Errors of Lua code as failures, and failures as errors of Lua code (spec/wippy.md 9).
final class FailureTests: XCTestCase {
  private typealias Failure = Temporal_Api_Failure_V1_Failure

  // MARK: From Lua to Temporal

  func testErrorsThatEndAWorkflow() throws {
    // (body, type, message, non-retryable, retry in the details)
    let cases: [(String, String, String, Bool, String)] = [
      ("return 1, 'plain'", "Internal", "plain", true, #""retry":false"#),
      ("return nil, errors.new('new')", "Internal", "new", false, ""),
      (
        "return nil, errors.new({ message = 'gone', kind = errors.NOT_FOUND, retryable = true })", "NotFound", "gone",
        false, #""retry":true"#
      ),
      (
        "return nil, errors.new({ message = 'own', kind = 'Custom', retryable = false, details = { code = 7, 'x' } })",
        "Custom", "own", true, #""retry":false,"details":{"code":7}"#
      ),
      ("error('raised')", "Internal", "app:test:1: raised", false, ""),
      ("error('raised', 0)", "Internal", "raised", false, ""),
      ("error(errors.new({ message = 'obj', kind = 'NotFound', retryable = false }))", "Internal", "obj", false, ""),
      ("local t = nil; return t.x", "Internal", "app:test:1: attempt to index a nil value (local 't')", false, ""),
      ("return nil, errors.wrap(errors.new({ message = 'a', kind = 'Conflict' }), 'ctx')", "Conflict", "a", false, ""),
      (
        "return nil, errors.wrap(errors.wrap(errors.new('a'), 'b'), 'c')", "Internal", "b: a", false, ""
      ),
    ]
    for (body, type, message, isFinal, details) in cases {
      let run = try LuaTestRun("return function() \(body) end")
      let commands = try run.task()
      let failure = try XCTUnwrap(commands.last).failWorkflowExecutionCommandAttributes.failure
      XCTAssertEqual(failure.message, message, body)
      XCTAssertEqual(failure.source, "WippySDK", body)
      XCTAssertEqual(failure.applicationFailureInfo.type, type, body)
      XCTAssertEqual(failure.applicationFailureInfo.nonRetryable, isFinal, body)
      let recorded = String(decoding: failure.applicationFailureInfo.details.payloads[0].data, as: UTF8.self)
      let start = #"{"errors":[{"msg":"\#(message)","kind":"\#(type)""#
      XCTAssertEqual(recorded, start + (details.isEmpty ? "" : "," + details) + "}]}", body)
      XCTAssertEqual(failure.cause.message, message, body)
      XCTAssertFalse(failure.cause.hasCause)
    }
  }

  func testSecondValuesThatAreNoErrors() throws {
    for second in ["nil", "7", "true", "{}"] {
      let run = try LuaTestRun("return function() return 'ok', \(second), 'ignored' end")
      try run.task()
      XCTAssertEqual(run.outcome, #""ok""#, second)
    }
  }

  func testResultThatCannotBeEncoded() throws {
    let run = try LuaTestRun("return function() return { 1, x = 2 } end")
    try run.task()
    XCTAssertEqual(
      run.outcome,
      "wrapError: failed to encode result: error converting payload at index 0: error transcoding value: failed to encode to "
        + "JSON: json: error calling MarshalJSON for type *json.jsonValue: cannot encode mixed-key table: table has both "
        + "numeric and non-numeric keys")
  }

  /// An argument that cannot be encoded fails the workflow where it is an activity's, and is an error elsewhere.
  func testArgumentsThatCannotBeEncoded() throws {
    for call in ["funcs.call('app:x', bad)", "funcs.async('app:x', bad)"] {
      let run = try LuaTestRun(
        "return function() local bad = { 1, x = 2 } pcall(function() \(call) end) return 'no' end")
      XCTAssertEqual(try run.task().map(\.brief), ["fail Internal"], call)
    }
    for call in [
      "process.spawn('a:b', 'q', bad)", "process.exec('a:b', 'q', bad)", "workflow.exec('a:b', bad)",
      "process.send('{x@temporal|y}', 't', bad)",
    ] {
      let run = try LuaTestRun(
        "return function() local bad = { 1, x = 2 } local _, err = \(call) return err ~= nil end")
      try run.task()
      XCTAssertEqual(run.outcome, "true", call)
    }
  }

  func testSetUpFailures() throws {
    let cases = [
      ("error('at load')", "wrapError: failed to start workflow: failed to execute script: app:test:1: at load"),
      ("return {}", "wrapError: failed to start workflow: method \"main\" not found in module"),
      ("return 7", "wrapError: failed to start workflow: method \"main\" not found in module"),
    ]
    for (source, expected) in cases { XCTAssertEqual(try LuaTestRun(source).outcome, expected, source) }
  }

  // MARK: From Temporal to Lua

  private static func application(
    _ message: String, type: String, isFinal: Bool = false, details: [String] = []
  ) -> Failure {
    .with {
      $0.message = message
      $0.applicationFailureInfo.type = type
      $0.applicationFailureInfo.nonRetryable = isFinal
      $0.applicationFailureInfo.details.payloads = details.map { JSONPayload.payload(json: $0) }
    }
  }

  private static func timeout(_ type: Temporal_Api_Enums_V1_TimeoutType, cause: Failure? = nil) -> Failure {
    .with {
      $0.message = "activity timeout"
      $0.timeoutFailureInfo.timeoutType = type
      if let cause { $0.cause = cause }
    }
  }

  func testFailuresOfActivities() throws {
    let recorded = #"{"errors":[{"msg":"outer","kind":"Conflict","retry":false,"details":{"a":1}},{"msg":"inner"}]}"#
    let cases: [(Failure, kind: String, retryable: String, message: String, details: String)] = [
      (Self.application("m", type: "NotFound"), "NotFound", "true", "m", ""),
      (Self.application("m", type: "SomethingElse", isFinal: true), "", "false", "m", ""),
      (Self.application("m", type: "WorkflowNotRegisteredError"), "NotFound", "true", "m", ""),
      (Self.application("ignored", type: "X", details: [recorded]), "Conflict", "false", "outer: inner", #""a":1,"#),
      (Self.application("two", type: "X", details: [recorded, "1"]), "", "true", "two", ""),
      (Self.application("other details", type: "X", details: ["[1]"]), "", "true", "other details", ""),
      (.with { $0.canceledFailureInfo = .init() }, "Canceled", "false", "operation canceled", ""),
      (Self.timeout(.heartbeat), "Timeout", "false", "activity timeout", ""),
      (
        Self.timeout(.scheduleToClose, cause: Self.application("last try", type: "Unavailable")), "Unavailable", "true",
        "last try", ""
      ),
      (Self.application("went wrong", type: "PanicError"), "Internal", "false", "went wrong", ""),
      (
        .with {
          $0.message = "out"
          $0.cause.message = "innermost"
        }, "Internal", "nil", "innermost", ""
      ),
    ]
    for (failure, kind, retryable, message, details) in cases {
      let run = try LuaTestRun(
        """
        return function()
          local _, err = funcs.call("app:x")
          return { err:kind(), tostring(err:retryable()), tostring(err), err:details() }
        end
        """)
      try run.task()
      try run.fail(activity: "5", failure)
      try run.task()
      var wrapper = #""_activity_id":"5","_retry_state":"MaximumAttemptsReached","_wrapper":"activity""#
      if case .timeoutFailureInfo? = failure.failureInfo, !failure.hasCause {
        wrapper += #","timeout_type":"heartbeat""#
      }
      let tail = details.isEmpty ? "{\(wrapper)}" : "{\(wrapper),\(details.dropLast())}"
      XCTAssertEqual(run.outcome, #"["\#(kind)","\#(retryable)","\#(message)",\#(tail)]"#, message)
    }
  }

  func testFailuresOfFutures() throws {
    let run = try LuaTestRun(
      """
      return function()
        local future = funcs.async("app:x")
        local err = future:channel():receive()
        local _, result_err = future:result()
        local forced, has = future:error()
        return { err:kind(), result_err:kind(), forced:kind(), tostring(forced:retryable()), has, tostring(forced),
          tostring(errors.wrap(forced, "x")), future:is_complete() }
      end
      """)
    try run.task()
    try run.fail(activity: "5", Self.application("m", type: "Conflict"))
    try run.task()
    XCTAssertEqual(run.outcome, #"["Conflict","Conflict","Internal","false",true,"m","async call failed: m",true]"#)
  }

  func testFailuresOfChildren() throws {
    let cases: [(String, Failure, String)] = [
      ("workflow.exec('app:child')", Self.application("m", type: "Custom"), #"["Internal","true","m"]"#),
      ("process.exec('app:child', 'q')", Self.application("m", type: "Custom", isFinal: true), #"["","false","m"]"#),
      (
        "workflow.exec('app:child')", .with { $0.terminatedFailureInfo = .init() },
        #"["Canceled","false","workflow terminated"]"#
      ),
    ]
    for (call, failure, expected) in cases {
      let run = try LuaTestRun(
        "return function() local _, err = \(call) return { err:kind(), tostring(err:retryable()), tostring(err) } end")
      try run.task()
      try run.start(child: "run_5")
      try run.fail(child: "run_5", failure)
      try run.task()
      XCTAssertEqual(run.outcome, expected, call)
    }
  }

  func testErrorValues() throws {
    let run = try LuaTestRun(
      """
      return function()
        local err = errors.new({ message = "m", kind = errors.TIMEOUT })
        local wrapped = errors.wrap("text", "ctx")
        local ok, caught = pcall(error, err)
        return { type(err), "<" .. err .. ">", err:message(), errors.is(err, "Timeout"), errors.is("m", "Timeout"),
          caught == err, tostring(wrapped), json.encode({ wrapped }), (pcall(errors.new, { kind = "x" })),
          errors.UNKNOWN, err:retryable() == nil, tostring(errors.new("first", "second")) }
      end
      """)
    try run.task()
    XCTAssertEqual(
      run.outcome,
      #"["userdata","\u003cm\u003e","m",true,false,true,"text","[\"ctx: text\"]",false,"",true,"first"]"#)
  }
}
