import Foundation
import HindcastHistory
import HindcastReport
import HindcastTesting
import TemporalAPI
import XCTest

/// Recordings played to code that was changed since.
final class RecordedScenarioChangeTests: XCTestCase {
  private static let before = """
    local funcs = require("funcs")
    local time = require("time")
    local function main(order)
      local stock = funcs.call("app:reserve", order)
      local charge, err = funcs.call("app:charge", order)
      local inbox = process.inbox()
      time.sleep("1h")
      local message = inbox:receive()
      return {stock = stock, charge = charge, note = message:payload():data()}
    end
    return {main = main}
    """

  private static let functions = [
    "reserve": "return {main = function() return 'stock of the function' end}",
    "charge": "return {main = function() return 'charge of the function' end}",
    "audit": "return {main = function() return 'audited' end}",
  ]

  private func app(_ workflow: String) throws -> LuaApp {
    try LuaApp(workflows: ["order": workflow], activities: Self.functions, for: self)
  }

  /// What the first code leaves: the activities answer with what no function of the app does.
  private func recorded(_ workflow: String = before) async throws -> WorkflowHistory {
    let app = try app(workflow)
    let environment = try TestEnvironment(app: app.folder)
    environment.activities.mock("app:reserve", returning: "S-1")
    environment.activities.mock(
      "app:charge", sequence: [.failure("busy"), .failure("busy"), try .value("C-1").delayed(by: .seconds(90))])
    let run = try await environment.start("app:order", ["id": "17"])
    try await environment.advance(by: .seconds(600))
    try await run.signal("inbox", "gift")
    try await run.waitUntilClosed()
    return try await run.history()
  }

  private func record(_ history: WorkflowHistory, _ workflow: String) async throws -> WorkflowHistory {
    let app = try app(workflow)
    let scenario = try RecordedScenario(history)
    let environment = try TestEnvironment(app: app.folder, options: scenario.options())
    return try await scenario.record(in: environment)
  }

  private func result(of history: WorkflowHistory) -> String {
    guard case .workflowExecutionCompletedEventAttributes(let completed)? = history.closeEvent?.attributes else {
      return "\(history.closeEvent?.eventType.displayName ?? "open")"
    }
    return completed.result.payloads.map { String(decoding: $0.data, as: UTF8.self) }.joined()
  }

  func testUnchangedCodeGivesTheSame() async throws {
    let history = try await recorded()
    XCTAssertTrue(result(of: history).contains("S-1"), result(of: history))
    let anew = try await record(history, Self.before)
    XCTAssertEqual(HistoryDiff(history, anew).isEmpty, true, Self.text(history, anew))
    XCTAssertEqual(anew.events.map(\.eventTime), history.events.map(\.eventTime))
    let charged = anew.events.compactMap { event in
      if case .activityTaskStartedEventAttributes(let started)? = event.attributes { started.attempt } else { nil }
    }
    XCTAssertEqual(charged, [1, 3])
  }

  func testChangedCode() async throws {
    let history = try await recorded()
    let cases: [(name: String, from: String, to: String, activities: [String], result: [String])] = [
      (
        "the order is swapped",
        #"local stock = funcs.call("app:reserve", order)\#n  local charge, err = funcs.call("app:charge", order)"#,
        #"local charge = funcs.call("app:charge", order)\#n  local stock = funcs.call("app:reserve", order)"#,
        ["app:charge", "app:reserve"], ["S-1", "C-1", "gift"]
      ),
      (
        "an activity more, which the app's own function plays", "time.sleep(\"1h\")",
        #"stock = stock .. funcs.call("app:audit")"#,
        ["app:reserve", "app:charge", "app:audit"], ["S-1audited", "C-1", "gift"]
      ),
      (
        "a second call of a type that was called once", "time.sleep(\"1h\")", #"stock = funcs.call("app:reserve")"#,
        ["app:reserve", "app:charge", "app:reserve"], ["stock of the function", "C-1", "gift"]
      ),
      (
        "an activity less", #"local stock = funcs.call("app:reserve", order)"#, #"local stock = "none""#,
        ["app:charge"], ["none", "C-1", "gift"]
      ),
      ("a longer timer", "\"1h\"", "\"240h\"", ["app:reserve", "app:charge"], ["S-1", "C-1", "gift"]),
      ("a shorter timer", "\"1h\"", "\"1s\"", ["app:reserve", "app:charge"], ["S-1", "C-1", "gift"]),
    ]
    for (name, from, to, activities, words) in cases {
      XCTAssertTrue(Self.before.contains(from), name)
      let anew = try await record(history, Self.before.replacingOccurrences(of: from, with: to))
      XCTAssertEqual(anew.activityTypes, activities, name)
      for word in words { XCTAssertTrue(result(of: anew).contains("\"\(word)\""), "\(name): \(result(of: anew))") }
      XCTAssertEqual(anew.signalNames, ["inbox"], name)
    }
  }

  func testCodeThatWantsMoreThanCameIsStuck() async throws {
    let history = try await recorded()
    let code = Self.before.replacing("return {stock", with: "inbox:receive() return {stock")
    do {
      _ = try await record(history, code)
      XCTFail("nothing brings another message")
    } catch TestEnvironmentError.stuck(let id, _) {
      XCTAssertEqual(id, history.workflowID)
    }
  }

  func testCodeThatEndsEarlyIsRecordedAsFarAsItGoes() async throws {
    let history = try await recorded()
    let anew = try await record(
      history, Self.before.replacing("local charge, err", with: "do return 1 end local charge, err"))
    XCTAssertEqual(result(of: anew), "1")
    XCTAssertEqual(anew.activityTypes, ["app:reserve"])
  }

  func testWhatCannotHappenAgainIsRefused() async throws {
    var broken = try await recorded()
    broken.events.removeFirst()
    XCTAssertThrowsError(try RecordedScenario(broken)) { XCTAssertEqual(($0 as? RecordingRefusal)?.kind, .invalid) }
    XCTAssertThrowsError(try RecordedScenario(WorkflowHistory(events: []))) {
      XCTAssertEqual(($0 as? RecordingRefusal)?.kind, .invalid)
    }
    var child = try await recorded()
    child.events[0].workflowExecutionStartedEventAttributes.parentWorkflowExecution.workflowID = "parent-1"
    XCTAssertThrowsError(try RecordedScenario(child)) { error in
      let refusal = error as? RecordingRefusal
      XCTAssertEqual(refusal?.kind, .belongsToAnotherRun)
      XCTAssertEqual(refusal?.message.contains("parent-1"), true)
    }
  }

  private static func text(_ left: WorkflowHistory, _ right: WorkflowHistory) -> String {
    let output = MemoryOutput()
    try? DiffReport(left, right).write(to: output)
    return output.text
  }
}
