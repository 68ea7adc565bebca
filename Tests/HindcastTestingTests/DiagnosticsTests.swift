import Foundation
import HindcastHistory
import HindcastSwift
import HindcastTestSupport
import HindcastTesting
import TemporalAPI
import XCTest

/// What a user reads when the workflow, or the test, is wrong.
final class DiagnosticsTests: XCTestCase {
  /// Waits for a workflow's result and gives the error that comes instead.
  private func failure(
    of type: String, _ argument: String? = nil, in environment: TestEnvironment, line: UInt = #line
  ) async throws -> String {
    let run =
      if let argument { try await environment.start(type, argument) } else { try await environment.start(type) }
    do {
      try await run.result()
      XCTFail("\(type) has a result", line: line)
      return ""
    } catch let error as TestEnvironmentError {
      return "\(error)"
    }
  }

  private func check(_ text: String, has parts: [String], _ name: String, line: UInt = #line) {
    for part in parts { XCTAssertTrue(text.contains(part), "\(name): no \"\(part)\" in: \(text)", line: line) }
  }

  func testWhatIsWrongWithASwiftWorkflowIsSaid() async throws {
    let workflows = SwiftWorkflows()
      .workflow("Endless") { (context) async throws -> Void in
        while true { try await context.sleep(for: .seconds(1)) }
      }
      .workflow("Chain") { (context) async throws -> Void in
        try await context.sleep(for: .seconds(1))
        throw ContinueAsNewError("Chain")
      }
      .workflow("Retrying") { (context) async throws -> String in
        try await context.executeActivity("down", options: .startToClose(.seconds(5)))
      }
      .workflow("Waiting") { (context) async throws -> Void in
        try await context.signalChannel(named: "go").receive()
      }
      .workflow("Elsewhere") { (context) async throws -> Void in
        var options = ActivityOptions.startToClose(.seconds(5))
        options.taskQueue = "other"
        try await context.executeActivity("work", options: options)
      }
      .workflow("Orphan") { (context) async throws -> Void in
        try await context.executeChildWorkflow("Waiting")
      }
      .workflow("Unmocked") { (context) async throws -> String in
        try await context.executeActivity("nobody-has-it", options: .startToClose(.seconds(5)))
      }
      .workflow("Unknown child") { (context) async throws -> Void in
        try await context.executeChildWorkflow("Nonesuch")
      }
    let cases: [(type: String, parts: [String])] = [
      ("Endless", ["did not end within 200 tasks", "options.maximumTasks", "advance(by:)"]),
      ("Chain", ["did not end within 200 tasks"]),
      ("Retrying", ["did not end within 200 tasks", "activity down", "is at attempt", "the server is down"]),
      ("Waiting", ["waits for something that nothing will bring", "go", "DiagnosticsTests.swift:"]),
      ("Elsewhere", ["activity work", "task queue other, which no worker of this environment polls"]),
      ("Orphan", ["child Waiting", "is open"]),
      ("Unmocked", ["calls activity nobody-has-it", "none is registered", "activities.mock(\"nobody-has-it\""]),
      ("Unknown child", ["Nonesuch", "Waiting"]),
      ("Nonesuch", ["Nonesuch", "Waiting"]),
    ]
    for (type, parts) in cases {
      var options = TestEnvironmentOptions()
      options.maximumTasks = 200
      let environment = TestEnvironment(workflows: workflows, options: options)
      environment.activities.mock("down", outcome: .failure("the server is down"))
      check(try await failure(of: type, in: environment), has: parts, type)
    }
  }

  func testACallThatNothingCanAnswerSaysWhatTheWorkflowWaitsFor() async throws {
    let workflows = SwiftWorkflows()
      .workflow("Slow") { (context) async throws -> Void in
        let go = context.signalChannel(named: "go")
        try await context.setUpdateHandler("hold") { (context: WorkflowContext) async throws -> Void in
          try await context.signalChannel(named: "release").receive()
        }
        try await go.receive()
      }
    let run = try await TestEnvironment(workflows: workflows).start("Slow")
    do {
      try await run.update("hold")
      XCTFail("the update has an outcome")
    } catch let error as TestEnvironmentError {
      check("\(error)", has: ["update hold has no outcome", "release", "go"], "update")
    }
    do {
      try await run.wait(for: .timerFired, count: 2)
      XCTFail("timers fired")
    } catch let error as TestEnvironmentError {
      check("\(error)", has: ["TimerFired", "does not come"], "wait")
    }
  }

  func testWhatIsWrongWithALuaWorkflowIsSaid() async throws {
    let app = try LuaApp(
      workflows: [
        "broken": "local function main(input)\n  return input.missing.field\nend\nreturn main\n",
        "blocked": """
        local function main()
          local inbox = process.inbox()
          return inbox:receive()
        end
        return main
        """,
        "spinning": "local function main()\n  while true do end\nend\nreturn main\n",
        "unknown": """
        local funcs = require("funcs")
        local function main() return (funcs.call("app:nowhere", 1)) end
        return main
        """,
      ], for: self)
    let cases: [(type: String, parts: [String])] = [
      ("broken", ["failed", "app:broken:2: attempt to index a nil value"]),
      ("blocked", ["waits for something that nothing will bring", "blocked.lua:3"]),
      ("spinning", ["cannot go on", "spinning.lua:2"]),
      ("unknown", ["calls activity app:nowhere", "activities.mock(\"app:nowhere\""]),
      ("nonesuch", ["app:nonesuch", "app:blocked"]),
    ]
    for (type, parts) in cases {
      let environment = try TestEnvironment(app: app.folder)
      check(try await failure(of: "app:\(type)", in: environment), has: parts, type)
    }
  }

  func testBrokenAppsAreRefusedWithTheirPlaces() throws {
    let empty = try TemporaryFolder()
    let app = try LuaApp(workflows: ["fine": "return function() end"], for: self)
    let index = "\(app.folder)/_index.yaml"
    let text = try String(contentsOfFile: index, encoding: .utf8)
    try text.replacing("client: app:client", with: "client: app:nonesuch").write(
      toFile: index, atomically: true, encoding: .utf8)
    let cases: [(folder: String, parts: [String])] = [
      ("/nowhere/at/all", ["/nowhere/at/all"]), (empty.path, [empty.path]),
      (app.folder, ["_index.yaml:9:13", "app:nonesuch"]),
    ]
    for (folder, parts) in cases {
      XCTAssertThrowsError(try TestEnvironment(app: folder)) { error in
        guard case TestEnvironmentError.unusableApp = error else { return XCTFail("\(error)") }
        check("\(error)", has: parts, folder)
      }
    }
  }

  func testSourceThatDoesNotCompileFailsTheTestWithItsPlace() async throws {
    let app = try LuaApp(workflows: ["bad": "local function main(\n  return 1\nend\n"], for: self)
    do {
      let text = try await failure(of: "app:bad", in: TestEnvironment(app: app.folder))
      check(text, has: ["bad.lua:2"], "bad")
    } catch TestEnvironmentError.unusableApp(let text) {
      check(text, has: ["bad.lua:2"], "bad")
    }
  }

  /// Addresses differ between two instances; clocks, random numbers, globals and the order of tables do not.
  func testHiddenStateInLuaIsFound() async throws {
    let values: [(name: String, value: String, differs: Bool)] = [
      ("clock", "os.clock()", false), ("random", "math.random(1000000)", false),
      ("order", "next({apple = 1, pear = 2, plum = 3, fig = 4, grape = 5})", false),
      ("global", "(function() count = (count or 0) + 1; return count end)()", false),
      ("address", "tostring({})", true),
    ]
    var workflows: [String: String] = [:]
    for (name, value, _) in values {
      workflows[name] = """
        local funcs = require("funcs")
        local function main()
          return (funcs.call("app:price", (\(value))))
        end
        return main
        """
    }
    let environment = try TestEnvironment(app: LuaApp(workflows: workflows, for: self).folder)
    environment.activities.mock("app:price", returning: 1)
    for (name, _, differs) in values {
      if differs {
        let text = try await failure(of: "app:\(name)", in: environment)
        check(text, has: ["does not do the same twice", "\(name).lua:3", "input[0]", "app:price"], name)
      } else {
        for _ in 0..<2 { try await environment.start("app:\(name)").result() }
      }
    }
  }
}
