import Foundation
import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastService
import HindcastShadow
import HindcastSwift
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// A service with the runs of a small app, and workers that shadow them.
struct ShadowRig {
  let service = TemporalService(seed: 11)

  /// The app that made the runs.
  static let app = SwiftWorkflows().workflow("order") { (context, amount: Int) async throws -> Int in
    let fee = try context.sideEffect { 3 }
    return amount + fee
  }

  /// The app after a change that breaks them.
  static let brokenApp = SwiftWorkflows().workflow("order") { (context, amount: Int) async throws -> Int in
    try await context.sleep(for: .seconds(1))
    let fee = try context.sideEffect { 3 }
    return amount + fee
  }

  /// Makes runs that have ended.
  func makeRuns(_ count: Int, prefix: String = "order") async throws {
    var configuration = WorkerConfiguration(taskQueue: "orders", identity: "app", workflows: Self.app)
    configuration.maximumConcurrentWorkflowTasks = 8
    try await withWorkers([Worker(configuration, connection: service)]) {
      for number in 0..<count {
        let input = try PayloadConverter.payloads(number)
        _ = try await service.call(
          WorkflowService.startWorkflowExecution,
          .with {
            $0.namespace = "default"
            $0.workflowID = "\(prefix)-\(number)"
            $0.workflowType.name = "order"
            $0.taskQueue.name = "orders"
            $0.requestID = "\(prefix)-\(number)"
            $0.input = input
          })
      }
      for number in 0..<count {
        _ = try await service.closingEvent(of: .with { $0.workflowID = "\(prefix)-\(number)" }, in: "default")
      }
    }
  }

  /// A worker that shadows.
  func worker(
    _ name: String, app: SwiftWorkflows = Self.app, digest: String = "one",
    through connection: (any ServiceConnection)? = nil
  ) -> Worker {
    let connection = connection ?? service
    var configuration = WorkerConfiguration(taskQueue: "shadow", identity: name, workflows: ShadowWorkflow.code)
    configuration.activities = ShadowActivities(
      of: ShadowApp(app, digest: digest), from: connection, identity: name)
    configuration.maximumConcurrentWorkflowTasks = 2
    configuration.maximumConcurrentActivities = 2
    configuration.pauseAfterFailedPoll = .milliseconds(50)
    // So long the tasks of a worker that died wait for it.
    configuration.stickyScheduleToStartTimeout = .milliseconds(200)
    return Worker(configuration, connection: connection)
  }

  /// Starts a shadow.
  func start(_ request: ShadowRequest) async throws -> Shadow {
    try await Shadow.start(
      request, workflowID: "shadow", namespace: "default", taskQueue: "shadow", identity: "tester", on: service)
  }

  /// Runs workers beside `body`, and stops them after that.
  func withWorkers<Value>(_ workers: [Worker], _ body: () async throws -> Value) async throws -> Value {
    let runs = workers.map { worker in Task { try await worker.run() } }
    func stop() async { for run in runs { run.cancel() } }
    do {
      let value = try await body()
      await stop()
      for run in runs { _ = await run.result }
      return value
    } catch {
      await stop()
      throw error
    }
  }
}

/// Lets calls through when so many parties have arrived.
final class Barrier: Sendable {
  private struct State {
    var missing: Set<String>
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(_ parties: String...) { state = Mutex(State(missing: Set(parties))) }

  /// Says that a party has arrived, and waits for the others.
  func arrive(_ party: String) async {
    await withCheckedContinuation { continuation in
      let waiting = state.withLock { state in
        state.missing.remove(party)
        state.waiting.append(continuation)
        guard state.missing.isEmpty else { return [CheckedContinuation<Void, Never>]() }
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in waiting { continuation.resume() }
    }
  }

  /// Says that a party has arrived, and does not wait.
  func announce(_ party: String) {
    let waiting = state.withLock { state in
      state.missing.remove(party)
      guard state.missing.isEmpty else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// Looks at calls before they are made and at answers before they are given.
struct ShadowedConnection: ServiceConnection {
  let service: any ServiceConnection
  var before: @Sendable (_ method: String) async throws -> Void = { _ in }
  var after: @Sendable (_ response: any Message) async throws -> Void = { _ in }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    try await before(method.name)
    let response = try await service.call(method, request, timeout: timeout)
    try await after(response)
    return response
  }
}

/// The connection of a process that is killed on a call: nothing of what it says arrives any more, it hears nothing, and its calls
/// that wait end, as they do when its sockets are closed.
final class MortalConnection: ServiceConnection {
  private let service: any ServiceConnection
  private let isLast: @Sendable (_ method: String) -> Bool
  /// What ends the calls that were made; `nil` after the end.
  private let calls = Mutex<[@Sendable () -> Void]?>([])

  init(_ service: any ServiceConnection, diesOn isLast: @escaping @Sendable (_ method: String) -> Bool) {
    self.service = service
    self.isLast = isLast
  }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    if isLast(method.name) {
      let ends = calls.withLock { calls in
        defer { calls = nil }
        return calls ?? []
      }
      for end in ends { end() }
    }
    let call = try calls.withLock { calls in
      guard calls != nil else { throw Self.death }
      let call = Task { [service] in try await service.call(method, request, timeout: timeout) }
      calls?.append { call.cancel() }
      return call
    }
    let response = try await withTaskCancellationHandler {
      try await call.value
    } onCancel: {
      call.cancel()
    }
    if calls.withLock({ $0 == nil }) { throw Self.death }
    return response
  }

  private static var death: ServiceError { ServiceError(.unavailable, "the process is dead") }
}
