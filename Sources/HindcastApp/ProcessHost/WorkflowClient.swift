internal import Foundation
package import HindcastCalls
internal import HindcastHistory
internal import HindcastLua
internal import SwiftProtobuf
internal import TemporalAPI
package import TemporalServiceAPI

/// A `temporal.client` of an app that is connected.
package struct ClientConnection: Sendable {
  /// A workflow task that came with the answer to a start.
  package typealias EagerTask = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse

  package var connection: any ServiceConnection
  package var namespace: String
  /// Who starts, signals and cancels, for histories.
  package var identity: String
  /// Gives, for a task queue, what works an eager workflow task; `nil` where no worker of this process can.
  package var eagerWorker: @Sendable (_ taskQueue: String) -> (@Sendable (EagerTask) async -> Void)?

  package init(
    _ connection: any ServiceConnection, namespace: String, identity: String,
    eagerWorker: @escaping @Sendable (String) -> (@Sendable (EagerTask) async -> Void)? = { _ in nil }
  ) {
    self.connection = connection
    self.namespace = namespace
    self.identity = identity
    self.eagerWorker = eagerWorker
  }
}

/// What a worker does as a host of processes, which are workflows (spec/wippy.md 8.17).
struct WorkflowClient {
  let client: ClientConnection
  let stage: any ProcessStage

  /// A workflow that was started, or that ran already.
  struct Started {
    var workflowID: String
    var runID: String
  }

  // MARK: Starting

  /// Starts a workflow, or signals it where it is to begin with messages.
  ///
  /// - Parameters:
  ///   - taskQueue: The worker's, prefix included.
  ///   - generatedID: The id of a workflow that has none of its own.
  func start(_ process: ProcessStart, taskQueue: String, generatedID: String) async throws -> Started {
    let options = try process.workflowOptions()
    let ownID = options.id ?? (process.name.isEmpty ? nil : process.name)
    // Who names a workflow means the one of that name; a made-up id must be new.
    let failsWhenStarted = options.failsWhenAlreadyStarted ?? (ownID == nil)
    let policy: Temporal_Api_Enums_V1_WorkflowIdConflictPolicy =
      options.conflictPolicy.map { .init(rawValue: $0) ?? .unspecified } ?? (failsWhenStarted ? .fail : .useExisting)
    let plan = StartPlan(
      start: process, options: options, workflowID: ownID ?? generatedID, taskQueue: options.taskQueue ?? taskQueue,
      policy: policy)
    let messages = process.messages.filter { !$0.topic.isEmpty }
    do {
      if let first = messages.first {
        let runID = try await signalWithStart(plan, first)
        for message in messages.dropFirst() { try await signal(message, plan) }
        return Started(workflowID: plan.workflowID, runID: runID)
      }
      return Started(workflowID: plan.workflowID, runID: try await start(plan))
    } catch let error as ServiceError {
      typealias AlreadyStarted = Temporal_Api_Errordetails_V1_WorkflowExecutionAlreadyStartedFailure
      guard let running = error.detail(AlreadyStarted.self) else { throw error }
      if messages.isEmpty {
        guard !failsWhenStarted || policy == .useExisting else { throw error }
      } else {
        let usesExisting = policy == .useExisting || (policy != .fail && !failsWhenStarted)
        guard usesExisting else { throw error }
        for message in messages { try await signal(message, plan) }
      }
      return Started(workflowID: plan.workflowID, runID: running.runID)
    }
  }

  private struct StartPlan {
    var start: ProcessStart
    var options: WorkflowStartOptions
    var workflowID: String
    var taskQueue: String
    var policy: Temporal_Api_Enums_V1_WorkflowIdConflictPolicy
  }

  private func start(_ plan: StartPlan) async throws -> String {
    let eagerWorker = plan.options.startsEagerly ? client.eagerWorker(plan.taskQueue) : nil
    var request = request(plan)
    request.header = plan.start.header()
    request.requestEagerExecution = eagerWorker != nil
    let response = try await client.connection.call(WorkflowService.startWorkflowExecution, request)
    if let eagerWorker, response.hasEagerWorkflowTask { await eagerWorker(response.eagerWorkflowTask) }
    return response.runID
  }

  private func signalWithStart(_ plan: StartPlan, _ message: ProcessMessageContent) async throws -> String {
    var request = request(plan)
    // One header serves the start and the signal.
    request.header = plan.start.header(signalledBy: plan.start.parent)
    return try await client.connection.call(
      WorkflowService.signalWithStartWorkflowExecution,
      .init(starting: request, signal: message.topic, input: message.input)
    ).runID
  }

  private func request(_ plan: StartPlan) -> Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest {
    let options = plan.options
    return .with {
      $0.namespace = client.namespace
      $0.workflowID = plan.workflowID
      $0.workflowType.name = plan.start.source
      $0.taskQueue.name = plan.taskQueue
      $0.taskQueue.kind = .normal
      $0.input.payloads = plan.start.arguments
      $0.workflowExecutionTimeout = options.executionTimeout
      $0.workflowRunTimeout = options.runTimeout
      $0.workflowTaskTimeout = options.taskTimeout
      $0.identity = client.identity
      $0.requestID = stage.makeID()
      $0.workflowIDReusePolicy = options.reusePolicy
      $0.workflowIDConflictPolicy = plan.policy
      if let policy = options.retryPolicy { $0.retryPolicy = policy }
      $0.cronSchedule = options.cronSchedule
      if !options.memo.isEmpty { $0.memo.fields = options.memo }
      if !options.searchAttributes.isEmpty { $0.searchAttributes.indexedFields = options.searchAttributes }
      if let delay = options.startDelay { $0.workflowStartDelay = delay }
      if let metadata = options.metadata { $0.userMetadata = metadata }
      if let override = options.versioningOverride { $0.versioningOverride = override }
      // SDKs send a priority even where it says nothing.
      $0.priority = options.priority ?? .init()
    }
  }

  private func signal(_ message: ProcessMessageContent, _ plan: StartPlan) async throws {
    try await signal(plan.workflowID, message, header: plan.start.header(signalledBy: plan.start.parent))
  }

  // MARK: What runs

  func signal(
    _ workflowID: String, _ message: ProcessMessageContent, header: Temporal_Api_Common_V1_Header
  ) async throws {
    _ = try await client.connection.call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = client.namespace
        $0.workflowExecution.workflowID = workflowID
        $0.signalName = message.topic
        $0.input = message.input
        $0.identity = client.identity
        $0.requestID = stage.makeID()
        $0.header = header
      })
  }

  /// Asks a workflow to end. Upstream takes the reason for a run's id, and so misses the workflow.
  func cancel(_ workflowID: String, reason: String) async throws {
    _ = try await client.connection.call(
      WorkflowService.requestCancelWorkflowExecution,
      .with {
        $0.namespace = client.namespace
        $0.workflowExecution.workflowID = workflowID
        $0.identity = client.identity
        $0.requestID = stage.makeID()
        $0.reason = reason
      })
  }

  func terminate(_ workflowID: String) async throws {
    _ = try await client.connection.call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = client.namespace
        $0.workflowExecution.workflowID = workflowID
        $0.identity = client.identity
        $0.reason = "process.terminate"
      })
  }

  func reference(to workflowID: String, runID: String) -> WorkflowReference {
    WorkflowReference(
      connection: client.connection, namespace: client.namespace, workflowID: workflowID, runID: runID)
  }
}

extension ProcessMessageContent {
  /// The message as a signal's input. Go's client gives a signal without arguments one that is nothing.
  fileprivate var input: Payloads {
    .with {
      $0.payloads =
        payloads.isEmpty ? [.with { $0.metadata = ["encoding": .init("binary/null".utf8)] }] : payloads
    }
  }
}
