#if GRPC
import Foundation
import HindcastCalls
import HindcastGateway
import HindcastLua
import HindcastRegistry
import HindcastService
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import hindcast

/// `hindcast shadow` and `hindcast worker --shadow`.
final class ShadowCommandTests: ServedServiceTestCase {
  /// An app whose workflow runs this code.
  private func app(_ name: String, _ code: String, type: String = "greeting") throws -> String {
    let path = "\(folder)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try """
    namespace: app
    entries:
      - {name: client, kind: temporal.client, address: "localhost:1"}
      - {name: worker, kind: temporal.worker, client: app:client, task_queue: greetings, lifecycle: {auto_start: true}}
      - name: greeting
        kind: workflow.lua
        method: main
        modules: [time]
        meta: {temporal: {workflow: {worker: worker, name: \(type)}}}
        source: |
          local time = require("time")
          return {main = function(name) \(code) end}
    """.write(toFile: "\(path)/_index.yaml", atomically: true, encoding: .utf8)
    return path
  }

  /// Makes runs of an app that have ended.
  private func makeRuns(_ count: Int, of app: String) async throws {
    var configuration = WorkerConfiguration(taskQueue: "greetings", identity: "app")
    configuration.workflows = LuaWorkflowCode(try Registry.load(directory: app))
    configuration.maximumConcurrentWorkflowTasks = 2
    let worker = Worker(configuration, connection: service)
    let work = Task { try await worker.run() }
    for number in 0..<count {
      _ = try await service.call(
        WorkflowService.startWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowID = "greeting-\(number)"
          $0.workflowType.name = "greeting"
          $0.taskQueue.name = "greetings"
          $0.requestID = "greeting-\(number)"
        })
    }
    for number in 0..<count {
      _ = try await service.closingEvent(of: .with { $0.workflowID = "greeting-\(number)" }, in: "default")
    }
    work.cancel()
    _ = await work.result
  }

  private static func run(_ arguments: String...) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(arguments)
  }

  private func summary(_ output: String) throws -> [String: Any] {
    let line = try XCTUnwrap(output.split(separator: "\n").last)
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: [String: Any]]
    return try XCTUnwrap(object?["summary"])
  }

  func testRunsOfTheAppPass() async throws {
    let address = try await serve()
    let app = try app("app", #"return "hello""#)
    try await makeRuns(3, of: app)
    let result = await Self.run("shadow", "--app", app, "--address", address, "--format", "json", "--batch", "1")
    XCTAssertEqual(result.status, .success, result.errors)
    let summary = try summary(result.output)
    XCTAssertEqual([summary["total"] as? Int, summary["passed"] as? Int], [3, 3])
    XCTAssertTrue(result.errors.contains("on task queue hindcast-shadow"), result.errors)
  }

  func testChangedAppFailsWithItsRuleAndPlace() async throws {
    let address = try await serve()
    try await makeRuns(2, of: try app("app", #"return "hello""#))
    let changed = try app("changed", #"time.sleep("1s") return "hello""#)
    let result = await Self.run("shadow", "--app", changed, "--address", address)
    XCTAssertEqual(result.status, .failure, result.errors)
    XCTAssertTrue(result.output.contains("FAIL  greeting-0/"), result.output)
    XCTAssertTrue(result.output.contains("nondeterministic"), result.output)
    XCTAssertTrue(result.output.contains("2 histories: 2 nondeterministic"), result.output)

    let enough = await Self.run(
      "shadow", "--app", changed, "--address", address, "--batch", "1", "--concurrency", "1", "--stop-after-failures",
      "1",
      "--format", "json", "--query", "WorkflowType = 'greeting'")
    XCTAssertEqual(enough.status, .failure, enough.errors)
    XCTAssertEqual(try summary(enough.output)["total"] as? Int, 1)
    XCTAssertTrue(enough.errors.contains("failures enough after 1 runs"), enough.errors)
  }

  func testWorkersElsewhereDoTheWork() async throws {
    let address = try await serve()
    let app = try app("app", #"return "hello""#)
    try await makeRuns(4, of: app)
    let worker = Task {
      await ShadowCommandTests.run(
        "worker", "--shadow", "--app", app, "--address", address, "--identity", "me", "--task-queue", "mine")
    }
    let result = await Self.run(
      "shadow", "--app", app, "--address", address, "--workers-only", "--task-queue", "mine", "--format", "json")
    worker.cancel()
    let ended = await worker.value
    XCTAssertEqual(result.status, .success, result.errors)
    XCTAssertTrue(result.errors.contains("by worker: me 4"), result.errors)
    XCTAssertEqual(ended.status, .success, ended.errors)
    XCTAssertTrue(ended.output.hasPrefix("shadow worker polls mine at \(address), app "), ended.output)
  }

  func testWorkerWithAnotherAppIsTold() async throws {
    let address = try await serve()
    let app = try app("app", #"return "hello""#)
    try await makeRuns(2, of: app)
    let other = try self.app("other", #"return "hello" -- as before"#)
    let worker = Task { await ShadowCommandTests.run("worker", "--shadow", "--app", other, "--address", address) }
    let result = await Self.run("shadow", "--app", app, "--address", address, "--workers-only")
    worker.cancel()
    _ = await worker.value
    XCTAssertEqual(result.status, .failure, "the verdicts are on other code")
    XCTAssertTrue(result.errors.contains("error: 2 runs were replayed with another app"), result.errors)
  }

  func testAppWithoutTheTypesIsNoSuccess() async throws {
    let address = try await serve()
    try await makeRuns(2, of: try app("app", #"return "hello""#))
    let other = try app("other", #"return "hello""#, type: "farewell")
    let result = await Self.run("shadow", "--app", other, "--address", address)
    XCTAssertEqual(result.status, .unusable)
    XCTAssertTrue(result.errors.contains("every run was skipped"), result.errors)
    let none = await Self.run("shadow", "--app", other, "--address", address, "--query", "WorkflowType = 'nothing'")
    XCTAssertEqual(none.status, .unusable)
    XCTAssertTrue(none.errors.contains("no run found"), none.errors)
  }

  func testDigestTellsAppsApart() throws {
    let digests = try [("a", #"return "hello""#), ("b", #"return "hello""#), ("c", #"return "bye""#)].map {
      name, code in
      AppDigest.digest(of: try Registry.load(directory: try app(name, code)))
    }
    XCTAssertEqual(digests[0], digests[1], "where the app lies does not matter")
    XCTAssertNotEqual(digests[0], digests[2])
  }
}
#endif
