import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastLua

/// What the server is told of an activity that failed (spec/wippy.md 9.2), field by field.
final class ActivityFailureTests: XCTestCase {
  private func failure(_ body: String) throws -> Temporal_Api_Failure_V1_Failure {
    let code = LuaWorkflowCode(
      workflows: [:],
      functions: [
        "app:f": "return function() \(body) end",
        "app:inner": """
        return function()
          return nil, errors.new({ message = 'deep', kind = 'Conflict', retryable = false })
        end
        """,
      ], modules: ["funcs", "json"])
    do throws(LuaActivityFailure) {
      _ = try LuaActivities(code).run("app:f", input: nil)
    } catch {
      return error.failure
    }
    struct DidNotFail: Error { var body: String }
    throw DidNotFail(body: body)
  }

  func testFailuresFieldByField() throws {
    struct Expected {
      var type: String
      var message: String
      var isFinal = false
      /// What stands in the recorded error behind message and kind.
      var recorded = ""
    }
    let cases: [(String, Expected)] = [
      (
        "return nil, 'plain'", Expected(type: "Internal", message: "plain", isFinal: true, recorded: #","retry":false"#)
      ),
      ("return 1, errors.new('new')", Expected(type: "Internal", message: "new")),
      (
        "return nil, errors.new({ message = 'm', kind = errors.RATE_LIMITED, retryable = true })",
        Expected(type: "RateLimited", message: "m", recorded: #","retry":true"#)
      ),
      (
        "return nil, errors.new({ message = 'm', kind = 'Own', retryable = false, details = { a = 1 } })",
        Expected(type: "Own", message: "m", isFinal: true, recorded: #","retry":false,"details":{"a":1}"#)
      ),
      (
        "return nil, errors.wrap(errors.new({ message = 'm', kind = 'NotFound' }), 'ctx')",
        Expected(type: "NotFound", message: "m")
      ),
      ("error('raised')", Expected(type: "Internal", message: "app:f:1: raised")),
      (
        "error(errors.new({ message = 'm', kind = 'NotFound', retryable = false }))",
        Expected(type: "Internal", message: "m")
      ),
      ("local t; return t.x", Expected(type: "Internal", message: "app:f:1: attempt to index a nil value (local 't')")),
      (
        "return nil, select(2, funcs.call('app:inner'))",
        Expected(type: "Conflict", message: "deep", isFinal: true, recorded: #","retry":false"#)
      ),
      (
        "return nil, select(2, json.decode('{'))",
        Expected(type: "Internal", message: "", isFinal: true, recorded: #","retry":false"#)
      ),
    ]
    for (body, expected) in cases {
      let failure = try failure(body)
      let info = failure.applicationFailureInfo
      XCTAssertEqual(failure.source, "WippySDK", body)
      XCTAssertEqual(info.type, expected.type, body)
      XCTAssertEqual(info.nonRetryable, expected.isFinal, body)
      XCTAssertEqual(failure.stackTrace, "", body)
      XCTAssertEqual(info.details.payloads.count, 1, body)
      XCTAssertFalse(failure.cause.applicationFailureInfo.nonRetryable, body)
      guard !expected.message.isEmpty else { continue }
      XCTAssertEqual(failure.message, expected.message, body)
      XCTAssertEqual(
        info.details.payloads.first.map { String(decoding: $0.data, as: UTF8.self) },
        #"{"errors":[{"msg":"\#(expected.message)","kind":"\#(expected.type)"\#(expected.recorded)}]}"#, body)
    }
  }
}
