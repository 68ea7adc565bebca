import Foundation
import HindcastApp
import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastRegistry
import HindcastService
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Functions and activities that reach workflows, on threads and in real time, with the app's own workers.
final class FunctionTests: XCTestCase {
  private static let entries = """
      - name: processes
        kind: process.host
      - name: driver
        kind: function.lua
        source: file://driver.lua
        method: main
        modules: [process, time, channel, funcs]
      - name: parrot
        kind: process.lua
        source: file://parrot.lua
        method: main
        modules: [process]
    """
  private static let parrot = """
    return { main = function()
      local message = process.inbox():receive()
      process.send(message:from(), "said", message:payload():data())
      process.inbox():receive()
    end }
    """

  /// Runs the driver of an app beside the app's workers; gives its result as JSON, and the histories' first events.
  private func call(
    _ driver: String, workflows: [String: String], activities: [String: String] = [:],
    stop: (@Sendable (ActivityContext) async throws -> Void)? = nil
  ) async throws -> (result: String, starts: [StartedAttributes]) {
    var text = AppText(
      workflows: workflows, activities: activities, activityModules: ["process", "time"], entries: Self.entries)
    text.sources["driver.lua"] = "local function main()\n\(driver)\nend\nreturn { main = main }"
    text.sources["parrot.lua"] = Self.parrot
    let app = try text.load()
    let service = TemporalService(seed: 1, clock: .real)
    let connection = EagerConnection(service)
    app.connectAll { _ in
      ClientConnection(connection, namespace: "default", identity: "driver") { connection.worker(of: $0) }
    }
    let workers = try app.plans(client: nil).map { plan in
      var configuration = plan.configuration
      configuration.pauseAfterFailedPoll = .milliseconds(1)
      return Worker(configuration, connection: connection)
    }
    let run = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in workers { group.addTask { try await worker.run() } }
        try await group.waitForAll()
      }
    }
    while connection.worker(of: "orders") == nil { await Task.yield() }
    var info = ActivityInfo()
    info.type = "app:driver"
    let context = ActivityContext(info: info)
    async let result = Self.onThread { Result { () throws(ActivityError) in try app.call("app:driver", in: context) } }
    try await stop?(context)
    let outcome = await result
    run.cancel()
    try await run.value
    var starts: [StartedAttributes] = []
    let list = try await service.call(WorkflowService.listWorkflowExecutions, .with { $0.namespace = "default" })
    for execution in list.executions.map(\.execution) {
      let events = try await service.history(of: execution, in: "default").events
      if case .workflowExecutionStartedEventAttributes(let started)? = events.first?.attributes {
        starts.append(started)
      }
    }
    switch outcome {
    case .success(let payloads): return (payloads?.payloads.first?.jsonText ?? "", starts)
    case .failure(let error): return ("failed: \(error.failure.message)", starts)
    }
  }

  private typealias StartedAttributes = Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes

  private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }

  func testAFunctionIsWokenByMessagesAnswersAndEnds() async throws {
    let (result, _) = try await call(
      """
      local events, inbox = process.events(), process.inbox()
      local echo = assert(process.spawn_monitored("app:echo", "app:worker"))
      local parrot = assert(process.spawn("app:parrot", "app:processes"))
      process.send(echo, "say", "a")
      local first = inbox:receive():payload():data()
      process.send(parrot, "say", "b")
      local second = inbox:receive():payload():data()
      return {first, second, events:receive().result.value}
      """,
      workflows: [
        "echo": """
        local message = process.inbox():receive()
        process.send(message:from(), "echo", message:payload():data())
        return "c"
        """
      ])
    XCTAssertEqual(result, #"["a","b","c"]"#)
  }

  func testAnActivityRunsAWorkflow() async throws {
    let (result, starts) = try await call(
      "return (process.exec('app:outer', 'app:worker', 20))",
      workflows: ["outer": "return (funcs.call('app:run', input + 1))", "inner": "return input * 2"],
      activities: ["run": "return process.exec('app:inner', 'app:worker', input)"])
    XCTAssertEqual(result, "42")
    XCTAssertEqual(starts.map(\.workflowType.name).sorted(), ["app:inner", "app:outer"])
  }

  func testAnEagerStartBringsTheTaskToTheWorker() async throws {
    for isEager in [true, false] {
      let (result, starts) = try await call(
        """
        local events = process.events()
        process.with_options({["workflow.enable_eager_start"] = \(isEager)}):spawn_monitored("app:one", "app:worker")
        return events:receive().result.value
        """, workflows: ["one": "return 1"])
      XCTAssertEqual(result, "1")
      XCTAssertEqual(starts.map(\.eagerExecutionAccepted), [isEager])
    }
  }

  func testAFunctionThatWaitsForEverIsStopped() async throws {
    // Before it waits, or while it does.
    let (result, _) = try await call(
      "process.inbox():receive()", workflows: ["one": "return 1"], stop: { $0.cancel(.workerStopped) })
    XCTAssertEqual(result, "failed: context canceled")
  }
}
