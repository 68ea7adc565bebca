internal import Foundation
internal import HindcastApp
internal import HindcastCalls
public import HindcastHistory
internal import HindcastServer
internal import HindcastService
internal import SwiftProtobuf
public import TemporalAPI
internal import TemporalServiceAPI

extension TestEnvironment {
  /// Starts a workflow. It runs when something is waited for.
  ///
  /// - Parameters:
  ///   - type: The registered type.
  ///   - arguments: Its arguments, encoded as JSON.
  public func start<each Argument: Encodable & Sendable>(
    _ type: String, _ arguments: repeat each Argument, options: StartOptions = StartOptions()
  ) async throws -> TestRun {
    var input = Payloads()
    for argument in repeat each arguments { input.payloads += try encode(argument).payloads }
    return try await start(type, payloads: input.payloads.isEmpty ? nil : input, options: options)
  }

  /// Starts a workflow with payloads as they are.
  public func start(
    _ type: String, payloads: Payloads?, options start: StartOptions = StartOptions()
  ) async throws -> TestRun {
    let request = try startRequest(type, payloads, start)
    let response = try await refusing { try await service.call(WorkflowService.startWorkflowExecution, request) }
    noteStart(of: request.workflowID)
    return TestRun(environment: self, workflowID: request.workflowID, firstRunID: response.runID, workflowType: type)
  }

  /// Signals a workflow, and starts it first if it does not run.
  ///
  /// ```swift
  /// let run = try await environment.signalWithStart("app:inbox", user, signal: "message", message, options: .id("inbox-7"))
  /// ```
  public func signalWithStart<Argument: Encodable & Sendable, SignalArgument: Encodable & Sendable>(
    _ type: String, _ argument: Argument, signal: String, _ signalArgument: SignalArgument,
    options: StartOptions = StartOptions()
  ) async throws -> TestRun {
    try await signalWithStart(
      type, payloads: try encode(argument), signal: signal, signalPayloads: try encode(signalArgument),
      options: options)
  }

  /// Signals a workflow with payloads as they are, and starts it first if it does not run.
  public func signalWithStart(
    _ type: String, payloads: Payloads?, signal: String, signalPayloads: Payloads?,
    options start: StartOptions = StartOptions()
  ) async throws -> TestRun {
    let request = try startRequest(type, payloads, start)
    let response = try await refusing {
      try await service.call(
        WorkflowService.signalWithStartWorkflowExecution,
        .init(starting: request, signal: signal, input: signalPayloads))
    }
    noteStart(of: request.workflowID)
    return TestRun(environment: self, workflowID: request.workflowID, firstRunID: response.runID, workflowType: type)
  }

  /// A run that something else started, such as a child.
  public nonisolated func run(workflowID: String, runID: String = "") -> TestRun {
    TestRun(environment: self, workflowID: workflowID, firstRunID: runID, workflowType: "")
  }

  private func startRequest(
    _ type: String, _ payloads: Payloads?, _ start: StartOptions
  ) throws -> Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest {
    let id = start.id ?? "\(type)-\(nextNumber())"
    let request = nextRequestID()
    let memo = try start.memo.mapValues { try encode($0).payloads.first ?? .init() }
    let attributes = try start.searchAttributes.mapValues { try encode($0).payloads.first ?? .init() }
    return .with {
      $0.namespace = options.namespace
      $0.workflowID = id
      $0.workflowType.name = type
      $0.taskQueue.name = start.taskQueue ?? taskQueue(for: type)
      $0.taskQueue.kind = .normal
      if let payloads { $0.input = payloads }
      if let timeout = start.runTimeout { $0.workflowRunTimeout = timeout.message }
      if let timeout = start.executionTimeout { $0.workflowExecutionTimeout = timeout.message }
      if let timeout = start.taskTimeout { $0.workflowTaskTimeout = timeout.message }
      if let delay = start.startDelay { $0.workflowStartDelay = delay.message }
      if let policy = start.retryPolicy { $0.retryPolicy = policy }
      $0.workflowIDReusePolicy = start.idReusePolicy
      $0.workflowIDConflictPolicy = start.idConflictPolicy
      $0.cronSchedule = start.cronSchedule
      // SDKs send a priority even where it says nothing, and the server records it.
      $0.priority = .init()
      $0.identity = "test"
      $0.requestID = request
      if !memo.isEmpty { $0.memo.fields = memo }
      if !attributes.isEmpty { $0.searchAttributes.indexedFields = attributes }
    }
  }
}

/// Runs a call whose refusal is the test's business.
func refusing<Value>(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async throws -> Value {
  do {
    return try await body()
  } catch let error as ServiceError {
    throw TestEnvironmentError.refused(error)
  }
}

extension Duration {
  var message: Google_Protobuf_Duration {
    let (seconds, attoseconds) = components
    return Google_Protobuf_Duration(seconds: seconds, nanos: Int32(attoseconds / 1_000_000_000))
  }
}
