internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias StartBatchRequest = Temporal_Api_Workflowservice_V1_StartBatchOperationRequest
typealias BatchOperation = StartBatchRequest.OneOf_Operation
typealias BatchOperationType = Temporal_Api_Enums_V1_BatchOperationType

extension BatchRecord {
  /// How a job is found, also among what is due.
  static func key(namespace: String, jobID: String) -> String {
    // The length keeps apart names that hold slashes.
    "batch/\(namespace.utf8.count)/\(namespace)/\(jobID)"
  }

  var key: String { Self.key(namespace: namespace, jobID: jobID) }

  var isRunning: Bool { description_p.state == .running }

  /// A job that has just begun.
  init(_ request: StartBatchRequest, at now: Int64) {
    self.init()
    namespace = request.namespace
    jobID = request.jobID
    self.request = request
    description_p = .with {
      $0.jobID = request.jobID
      $0.operationType = request.operation?.type ?? .unspecified
      $0.state = .running
      $0.startTime = now.timestamp
      $0.identity = request.operation?.identity ?? ""
      $0.reason = request.reason
      $0.query = request.visibilityQuery
      $0.executions = request.namedExecutions
    }
  }

  /// Notes that the job has ended.
  mutating func end(_ state: Temporal_Api_Enums_V1_BatchOperationState, at now: Int64) {
    description_p.state = state
    description_p.closeTime = now.timestamp
    remaining = []
    due = 0
  }
}

extension StartBatchRequest {
  /// The runs that the request names itself.
  var namedExecutions: [Temporal_Api_Common_V1_Execution] {
    if !targetExecutions.isEmpty { return targetExecutions }
    return executions.map { execution in
      .with {
        $0.type = .workflow
        $0.businessID = execution.workflowID
        $0.runID = execution.runID
      }
    }
  }
}

extension BatchOperation {
  var type: BatchOperationType {
    switch self {
    case .terminationOperation: .terminateWorkflow
    case .signalOperation: .signalWorkflow
    case .cancellationOperation: .cancelWorkflow
    case .deletionOperation: .deleteWorkflow
    case .resetOperation: .resetWorkflow
    case .updateWorkflowOptionsOperation: .updateWorkflowExecutionOptions
    case .unpauseActivitiesOperation: .unpauseActivity
    case .resetActivitiesOperation: .resetActivity
    case .updateActivityOptionsOperation: .updateActivityOptions
    default: .unspecified
    }
  }

  var identity: String {
    switch self {
    case .terminationOperation(let operation): operation.identity
    case .signalOperation(let operation): operation.identity
    case .cancellationOperation(let operation): operation.identity
    case .deletionOperation(let operation): operation.identity
    case .resetOperation(let operation): operation.identity
    case .updateWorkflowOptionsOperation(let operation): operation.identity
    case .unpauseActivitiesOperation(let operation): operation.identity
    case .resetActivitiesOperation(let operation): operation.identity
    case .updateActivityOptionsOperation(let operation): operation.identity
    default: ""
    }
  }

  /// Whether the operation is for runs that have not closed.
  var isForRunning: Bool {
    switch self {
    case .deletionOperation, .resetOperation: false
    default: true
    }
  }
}
