import HindcastCore
import SwiftProtobuf
import TemporalAPI

extension WorkflowContext {
  /// Sends a signal to another workflow and waits until it is delivered.
  /// - Parameters:
  ///   - execution: the workflow; without a run id, whichever run is open.
  ///   - name: the signal's name.
  ///   - arguments: its values, of which workflows usually take one.
  ///   - namespace: nil: this workflow's own.
  /// - Throws: `ExternalWorkflowError`.
  public func signalExternal(
    _ execution: WorkflowExecution, _ name: String, _ arguments: any Encodable..., namespace: String? = nil,
    file: String = #fileID, line: Int = #line
  ) async throws {
    let location = SourceLocation(file: file, line: line)
    try await signal(execution, name, arguments, namespace: namespace, at: location).get(at: location, cancels: false)
  }

  /// Sends a signal to another workflow and goes on.
  public func startSignalExternal(
    _ execution: WorkflowExecution, _ name: String, _ arguments: any Encodable..., namespace: String? = nil,
    file: String = #fileID, line: Int = #line
  ) -> WorkflowFuture<Void> {
    signal(execution, name, arguments, namespace: namespace, at: SourceLocation(file: file, line: line))
  }

  /// Asks for another workflow to be cancelled and waits until it has the request.
  /// - Throws: `ExternalWorkflowError`.
  public func cancelExternal(
    _ execution: WorkflowExecution, namespace: String? = nil, file: String = #fileID, line: Int = #line
  ) async throws {
    let location = SourceLocation(file: file, line: line)
    let future = WorkflowFuture<Void>(host: host, reason: "cancel of workflow \(execution.workflowID)")
    host.command(at: location, otherwise: ()) { (environment) throws(TaskFailure) in
      guard !execution.workflowID.isEmpty else { return future.settle { throw ExternalWorkflowError.workflowIDNotSet } }
      let operation = try environment.cancelExternalWorkflow(
        .with {
          if let namespace { $0.namespace = namespace }
          $0.workflowID = execution.workflowID
          $0.runID = execution.runID
        })
      future.follow(operation, in: nil) { _ in }
    }
    try await future.get(at: location, cancels: false)
  }

  func signal(
    _ execution: WorkflowExecution, _ name: String, _ arguments: [any Encodable], namespace: String? = nil,
    isChild: Bool = false, at location: SourceLocation
  ) -> WorkflowFuture<Void> {
    let future = WorkflowFuture<Void>(host: host, reason: "signal \(name) to workflow \(execution.workflowID)")
    guard let input = encode(arguments, for: future) else { return future }
    host.command(at: location, otherwise: ()) { (environment) throws(TaskFailure) in
      guard !execution.workflowID.isEmpty else { return future.settle { throw ExternalWorkflowError.workflowIDNotSet } }
      let operation = try environment.signalExternalWorkflow(
        .with {
          if let namespace { $0.namespace = namespace }
          $0.execution.workflowID = execution.workflowID
          $0.execution.runID = isChild ? "" : execution.runID
          $0.signalName = name
          if let payloads = input.payloads { $0.input = payloads }
          $0.childWorkflowOnly = isChild
        })
      future.follow(operation, in: nil) { _ in }
    }
    return future
  }
}

/// A signal or a cancel request did not reach another workflow. Texts are the Go SDK's.
public enum ExternalWorkflowError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no such workflow.
  case unknownExternalWorkflowExecution
  /// There is no such namespace.
  case namespaceNotFound
  /// The workflow id is empty.
  case workflowIDNotSet
  /// Another reason, as the SDK words it.
  case other(String)

  /// The Go SDK's error text.
  public var description: String {
    switch self {
    case .unknownExternalWorkflowExecution: "unknown external workflow execution"
    case .namespaceNotFound: "namespace not found"
    case .workflowIDNotSet: "workflowId is not set"
    case .other(let text): text
    }
  }
}
