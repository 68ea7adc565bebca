import HindcastCore
import TemporalAPI

extension WorkflowContext {
  /// Runs a child workflow and waits for its result.
  ///
  /// Cancelling this context's scope, or the Swift task that waits, asks for the child to be cancelled once it has started;
  /// its result still comes from the server.
  /// - Throws: `ChildWorkflowFailure`, `ChildWorkflowAlreadyStartedError`, or `CanceledFailure` when the scope was
  ///   cancelled before.
  public func executeChildWorkflow<Result: Decodable>(
    _ type: String, _ arguments: any Encodable..., options: ChildWorkflowOptions? = nil,
    returning result: Result.Type = Result.self, file: String = #fileID, line: Int = #line
  ) async throws -> Result {
    let location = SourceLocation(file: file, line: line)
    let child = startChild(type, arguments, options, at: location) {
      try PayloadConverter.decode(Result.self, from: $0)
    }
    return try await child.future.get(at: location, cancels: true)
  }

  /// Runs a child workflow and waits for its end.
  public func executeChildWorkflow(
    _ type: String, _ arguments: any Encodable..., options: ChildWorkflowOptions? = nil, file: String = #fileID,
    line: Int = #line
  ) async throws {
    let location = SourceLocation(file: file, line: line)
    try await startChild(type, arguments, options, at: location) { _ in }.future.get(at: location, cancels: true)
  }

  /// Starts a child workflow and goes on.
  public func startChildWorkflow<Result: Decodable>(
    _ type: String, _ arguments: any Encodable..., options: ChildWorkflowOptions? = nil,
    returning result: Result.Type = Result.self, file: String = #fileID, line: Int = #line
  ) -> ChildWorkflow<Result> {
    startChild(type, arguments, options, at: SourceLocation(file: file, line: line)) {
      try PayloadConverter.decode(Result.self, from: $0)
    }
  }

  /// Starts a child workflow without a result and goes on.
  public func startChildWorkflow(
    _ type: String, _ arguments: any Encodable..., options: ChildWorkflowOptions? = nil, file: String = #fileID,
    line: Int = #line
  ) -> ChildWorkflow<Void> {
    startChild(type, arguments, options, at: SourceLocation(file: file, line: line)) { _ in }
  }

  private func startChild<Result>(
    _ type: String, _ arguments: [any Encodable], _ options: ChildWorkflowOptions?, at location: SourceLocation,
    decode: @escaping (Temporal_Api_Common_V1_Payloads?) throws -> Result
  ) -> ChildWorkflow<Result> {
    // A scope of its own, so that the child can be cancelled alone as well.
    let childScope = CancellationScope(host: host, parent: scope)
    let child = ChildWorkflow<Result>(
      future: WorkflowFuture(host: host, reason: "child workflow \(type)"),
      execution: WorkflowFuture(host: host, reason: "start of child workflow \(type)"), scope: childScope, context: self
    )
    child.future.onCancelRequest { childScope.cancelNow() }
    guard let input = encode(arguments, for: child.future) else { return child }
    let options = options ?? childWorkflowOptions
    let attributes: Temporal_Api_Command_V1_StartChildWorkflowExecutionCommandAttributes
    do {
      attributes = try options.attributes(type: type, input: input.payloads, parent: info)
    } catch {
      host.command(otherwise: ()) { _ in child.fail(error) }
      return child
    }
    host.command(at: location, otherwise: ()) { (environment) throws(TaskFailure) in
      if childScope.isCanceledUnchecked { return child.fail(CanceledFailure()) }
      _ = environment.tryUse(.memoUserDCEncode)
      let handle = try environment.startChildWorkflow(attributes)
      child.follow(handle, decode)
    }
    return child
  }
}

/// A child workflow that was asked for.
public struct ChildWorkflow<Result>: Sendable {
  /// The result; fails with `ChildWorkflowFailure` or `ChildWorkflowAlreadyStartedError`.
  public let future: WorkflowFuture<Result>
  /// The child's ids, once it has started.
  public let execution: WorkflowFuture<WorkflowExecution>
  private let scope: CancellationScope
  private let context: WorkflowContext

  init(
    future: WorkflowFuture<Result>, execution: WorkflowFuture<WorkflowExecution>, scope: CancellationScope,
    context: WorkflowContext
  ) {
    self.future = future
    self.execution = execution
    self.scope = scope
    self.context = context
  }

  /// Waits until the child has started.
  @discardableResult
  public func started(file: String = #fileID, line: Int = #line) async throws -> WorkflowExecution {
    try await execution.get(file: file, line: line)
  }

  /// Waits for the child's result.
  public func result(file: String = #fileID, line: Int = #line) async throws -> Result {
    try await future.get(file: file, line: line)
  }

  /// Asks for the child to be cancelled, as soon as it has started.
  public func cancel(file: String = #fileID, line: Int = #line) {
    scope.cancel(file: file, line: line)
  }

  /// Waits until the child has started, sends it a signal and waits until that is delivered.
  /// - Throws: what the start failed with, or `ExternalWorkflowError`.
  public func signal(
    _ name: String, _ arguments: any Encodable..., file: String = #fileID, line: Int = #line
  ) async throws {
    let child = try await execution.get(file: file, line: line)
    let location = SourceLocation(file: file, line: line)
    try await context.signal(child, name, arguments, isChild: true, at: location).get(at: location, cancels: false)
  }

  // MARK: For the host

  func fail(_ error: any Error) {
    future.settle { throw error }
    execution.settle { throw error }
  }

  func follow(
    _ handle: ChildWorkflowHandle, _ decode: @escaping (Temporal_Api_Common_V1_Payloads?) throws -> Result
  ) {
    let host = context.host
    let reaction = ScopeReaction()
    var isAsking = true
    host.expect(handle.operation) { [self] resolution in
      switch resolution {
      case .childStarted(let runID):
        // Only now: a cancel request that overtakes the start would leave the child running.
        reaction.number = scope.onCancel { [future] in
          guard !future.isSettled else { return }
          host.react { (environment) throws(TaskFailure) in try environment.cancelChildWorkflow(handle) }
        }
        execution.settle { WorkflowExecution(workflowID: handle.workflowID, runID: runID) }
        return
      case .completed(let payloads): future.settle { try decode(payloads) }
      case .failed(let failure): future.settle { throw FailureConverter.error(for: failure) }
      case .rejected(let rejection):
        let error = FailureConverter.error(for: rejection)
        future.settle { throw error }
        // Before the flag, a start that the SDK itself refused left the execution's future open for ever.
        if !isAsking || host.environment.tryUse(.childWorkflowErrorExecution) { execution.settle { throw error } }
      case .retry: break
      }
      host.forget(handle.operation)
      scope.remove(reaction.number)
    }
    isAsking = false
  }
}

/// Names a run of a workflow.
public struct WorkflowExecution: Sendable, Hashable, Codable {
  /// The workflow id.
  public var workflowID: String
  /// The run id; empty: whichever run is open.
  public var runID: String

  /// Makes a name.
  public init(workflowID: String, runID: String = "") {
    self.workflowID = workflowID
    self.runID = runID
  }
}
