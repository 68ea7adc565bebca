import HindcastCore
import SwiftProtobuf
import TemporalAPI

/// Thrown by a workflow that goes on in a new run.
///
/// ```swift
/// throw ContinueAsNewError("TripWorkflow", trips)
/// ```
public struct ContinueAsNewError: Error, Sendable {
  /// The workflow type of the new run.
  public var workflowType: String
  /// Its arguments.
  public var arguments: [any Encodable & Sendable]
  /// Its task queue; nil: this run's.
  public var taskQueue: String?
  /// The longest time of the new run; nil: as for this one.
  public var runTimeout: Duration?
  /// The longest time of its workflow tasks; nil: as for this run.
  public var taskTimeout: Duration?

  /// Makes the error.
  public init(
    _ workflowType: String, _ arguments: any Encodable & Sendable..., taskQueue: String? = nil,
    runTimeout: Duration? = nil, taskTimeout: Duration? = nil
  ) {
    self.workflowType = workflowType
    self.arguments = arguments
    self.taskQueue = taskQueue
    self.runTimeout = runTimeout
    self.taskTimeout = taskTimeout
  }

  /// - Throws: an encoding error of the arguments.
  func attributes(
    _ info: WorkflowInfo
  ) throws -> Temporal_Api_Command_V1_ContinueAsNewWorkflowExecutionCommandAttributes {
    let input = try PayloadConverter.payloads(arguments)
    // What was unset by an upsert is not set in the new run.
    let searchAttributes = info.searchAttributes.filter { !PayloadConverter.isNull($0.value) }
    return .with {
      $0.workflowType.name = workflowType
      $0.taskQueue.name = taskQueue ?? info.taskQueue
      $0.taskQueue.kind = .normal
      if let input { $0.input = input }
      $0.workflowRunTimeout = runTimeout.proto ?? info.started.workflowRunTimeout
      $0.workflowTaskTimeout = taskTimeout.proto ?? info.started.workflowTaskTimeout
      if !info.memo.isEmpty { $0.memo.fields = info.memo }
      if !searchAttributes.isEmpty { $0.searchAttributes.indexedFields = searchAttributes }
      if info.started.hasRetryPolicy { $0.retryPolicy = info.started.retryPolicy }
    }
  }
}
