import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Signals, updates and queries.
final class MessageTests: XCTestCase {
  func testSignalsComeInOrderAndBrokenOnesAreDropped() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> [Int] in
      var numbers: [Int] = []
      for try await number in context.signalChannel(named: "number", of: Int.self) {
        numbers.append(number)
        if numbers.count == 3 { break }
      }
      return numbers
    }.record {
      $0.incidents = [
        1: [.signal("number", .json("1")), .signal("number", .json("\"two\""))],
        2: [.signal("number", .json("2")), .signal("other", .json("0")), .signal("number", .json("3"))],
      ]
    }
    XCTAssertEqual(history.result, "[1,2,3]")
  }

  func testSelectorTakesSignals() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> String in
      var outcome = ""
      let selector = context.selector()
      selector.onReady(context.timer(for: .seconds(60))) { _ in outcome = "late" }
      selector.onSignal(context.signalChannel(named: "approve", of: String.self)) { outcome = $0 }
      try await selector.select()
      return outcome
    }.record {
      $0.holdsTimers = true
      $0.incidents = [2: [.signal("approve", .json("\"yes\""))]]
    }
    XCTAssertEqual(history.result, "\"yes\"")
  }

  private static let counter = SwiftWorkflows().workflow("W") { context -> Int in
    var total = 0
    context.setQueryHandler("total") { total }
    context.setQueryHandler("cheat") { () -> Int in
      _ = context.timer(for: .seconds(1))
      return 0
    }
    try await context.setUpdateHandler(
      "add",
      validator: { (number: Int) in guard number > 0 else { throw ApplicationFailure("too small") } }
    ) { (context, number: Int) -> Int in
      try await context.sleep(for: .seconds(1))
      total += number
      return total
    }
    try await context.signalChannel(named: "stop").receive()
    try await context.condition { context.allHandlersFinished }
    return total
  }

  func testUpdatesAreAcceptedCompletedAndRejected() throws {
    let history = try Self.counter.record {
      $0.incidents = [
        1: [.update(id: "u1", name: "add", .json("2"))],
        2: [.update(id: "u2", name: "add", .json("0")), .update(id: "u3", name: "subtract", .json("1"))],
        3: [.update(id: "u4", name: "add", .json("3")), .signal("stop", .init())],
      ]
    }
    XCTAssertEqual(history.result, "5")
    let completed = history.events.map(\.workflowExecutionUpdateCompletedEventAttributes).filter {
      !$0.meta.updateID.isEmpty
    }
    XCTAssertEqual(completed.map(\.meta.updateID), ["u1", "u4"])
    XCTAssertEqual(
      completed.map { String(decoding: $0.outcome.success.payloads[0].data, as: UTF8.self) }, ["2", "5"])
  }

  func testQueriesLookAndDoNotTouch() throws {
    let runtime = try Self.counter.makeRuntime(RuntimeOptions())
    var info = WorkflowInfo()
    info.workflowType = "W"
    let run = try WorkflowRun(environment: WorkflowEnvironment(info: info), in: runtime)
    defer { run.close() }
    try run.deliver(
      .with {
        $0.eventID = 1
        $0.eventType = .workflowExecutionStarted
        $0.workflowExecutionStartedEventAttributes = .init()
      })
    try run.startOpenTask(eventID: 3, at: WorkflowTime(seconds: 1))
    func answer(_ name: String) -> String {
      switch run.query(name) {
      case .answered(let payloads): String(decoding: payloads.payloads[0].data, as: UTF8.self)
      case .failed(let message): message
      }
    }
    XCTAssertEqual(answer("total"), "0")
    XCTAssertTrue(answer("cheat").contains("must not change"), answer("cheat"))
    XCTAssertEqual(try run.takeCommands().count, 0)
    XCTAssertEqual(answer("unknown"), "unknown queryType unknown. KnownQueryTypes=[__stack_trace cheat total]")
    XCTAssertTrue(answer("__stack_trace").contains("stop.Receive"), answer("__stack_trace"))
  }
}
