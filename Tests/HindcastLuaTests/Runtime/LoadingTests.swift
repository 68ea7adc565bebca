import Foundation
import HindcastCore
import HindcastRegistry
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastLua

/// Compiling entries, their modules and libraries (spec/wippy.md 4, 10.1).
final class LoadingTests: XCTestCase {
  private func loadError(_ code: LuaWorkflowCode, type: String = "app:test") -> WorkflowLoadError? {
    do {
      _ = try LuaTestRun(code, type: type)
      return nil
    } catch let error as WorkflowLoadError {
      return error
    } catch {
      XCTFail("\(error)")
      return nil
    }
  }

  func testSyntaxErrors() {
    let error = loadError(LuaWorkflowCode(workflows: ["app:test": "local x = 1\nreturn function( end"]))
    XCTAssertEqual(error?.kind, .invalidCode)
    XCTAssertEqual(error?.location?.file, "test.lua")
    XCTAssertEqual(error?.location?.line, 2)
  }

  func testTypesThatAreNotDefined() {
    let code = LuaWorkflowCode(workflows: ["app:order": "return 1", "app:refund": "return 1"])
    let error = loadError(code, type: "app:ordr")
    XCTAssertEqual(error?.kind, .unregisteredType)
    XCTAssertEqual(error?.message, "unable to find workflow type: app:ordr. Supported types: [app:order, app:refund]")
    XCTAssertEqual(error?.hint, "did you mean app:order?")
    XCTAssertEqual(code.workflowTypes, ["app:order", "app:refund"])
  }

  func testModulesThatAreNotNamedAreNotThere() throws {
    let run = try LuaTestRun(
      LuaWorkflowCode(
        workflows: ["app:test": "return function() return { funcs == nil, pcall(require, 'funcs') } end"],
        modules: ["time"]),
      type: "app:test")
    try run.task()
    XCTAssertEqual(run.outcome, #"[true,false,"module 'funcs' not found"]"#)
  }

  func testModulesThatAWorkflowMayNotName() {
    let cases = [
      ("http_client", "module does not have any allowed class: http_client"), ("jsn", "node with ID :jsn not found"),
    ]
    for (module, message) in cases {
      let error = loadError(LuaWorkflowCode(workflows: ["app:test": "return 1"], modules: [module]))
      XCTAssertEqual(error?.message, message)
      if module == "jsn" { XCTAssertEqual(error?.hint, "did you mean json?") }
    }
  }

  func testModulesThatHindcastDoesNotHave() throws {
    let run = try LuaTestRun("return function() return html.sanitize.ugc_policy() end")
    try run.task()
    XCTAssertEqual(run.outcome, "Internal: app:test:1: html.sanitize.ugc_policy is not available in Hindcast yet")
  }

  func testLibraries() throws {
    let code = LuaWorkflowCode(
      workflows: ["app:test": "return function(x) return prices.gross(x) end"],
      libraries: [
        "app:prices": "local rate = json.decode('0.5')\nreturn { gross = function(x) return x * (1 + rate) end }"
      ])
    let run = try LuaTestRun(code, type: "app:test", input: ["10"])
    try run.task()
    XCTAssertEqual(run.outcome, "15")
  }

  func testErrorsOfLibrariesNameThem() throws {
    let code = LuaWorkflowCode(
      workflows: ["app:test": "return function(x) return prices.gross(x) end"],
      libraries: ["app:prices": "return {\n  gross = function(x) error('no rate') end\n}"])
    let run = try LuaTestRun(code, type: "app:test")
    try run.task()
    XCTAssertEqual(run.outcome, "Internal: app:prices:2: no rate")
    XCTAssertEqual(run.environment.completionLocation, SourceLocation(file: "prices.lua", line: 2))
  }

  func testARegistry() throws {
    let directory = try TemporaryFolder()
    let index = """
      version: "1.0"
      namespace: app
      entries:
        - name: client
          kind: temporal.client
          address: "localhost:7233"
        - name: worker
          kind: temporal.worker
          client: app:client
          task_queue: orders
        - name: lib
          kind: library.lua
          source: |
            return { twice = function(x) return x * 2 end }
        - name: charge
          kind: function.lua
          source: "return function() end"
          method: main
          meta:
            options:
              activity.start_to_close_timeout: 5s
        - name: order
          kind: workflow.lua
          method: run
          modules: [funcs]
          imports:
            numbers: app:lib
          source: |
            return {
              run = function(x)
                funcs.call("app:charge")
                error("after")
              end
            }
          meta:
            temporal:
              workflow:
                worker: worker
                name: Order
      """
    try directory.write(index, to: "_index.yaml")
    let code = LuaWorkflowCode(try Registry.load(directory: directory.path))
    XCTAssertEqual(code.workflowTypes, ["Order"])
    for type in ["Order", "app:order"] {
      let run = try LuaTestRun(code, type: type)
      let command = try XCTUnwrap(try run.task().first)
      XCTAssertEqual(command.scheduleActivityTaskCommandAttributes.startToCloseTimeout.seconds, 5)
      try run.complete(activity: "5", "null")
      try run.task()
      XCTAssertEqual(run.outcome, "Internal: app:order:4: after")
      // The source stands inside the YAML file, whose lines a user knows.
      XCTAssertEqual(run.environment.completionLocation?.line, 32)
      XCTAssertEqual(run.environment.completionLocation?.file.hasSuffix("_index.yaml"), true)
    }
  }

  func testPrintsAndLogs() throws {
    let lines = LogLines()
    let code = LuaWorkflowCode(workflows: [
      "app:test": "print('loading')\nreturn function()\n  print('a', 1.0, nil, true)\nend"
    ])
    let run = try LuaTestRun(code, type: "app:test")
    run.environment.logger = { lines.add($0) }
    try run.task()
    XCTAssertEqual(lines.texts, ["info a 1   test.lua:3"])
  }
}

/// Collects log lines.
private final class LogLines: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []

  func add(_ line: WorkflowLogLine) {
    lock.withLock { lines.append("\(line.level) \(line.message) \(line.location?.description ?? "-")") }
  }

  var texts: [String] { lock.withLock { lines } }
}
