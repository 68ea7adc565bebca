import HindcastCalls
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

// Polls that wait, sticky queues, failed tasks, queries and versions.

extension ServerRig {
  /// A poll for workflow tasks that may wait.
  mutating func beginPoll(
    queue: String = "queue", sticky: String? = nil, version: VersionKey? = nil,
    change: (inout WorkflowTaskPollRequest) -> Void = { _ in }
  ) -> CallID {
    var request = WorkflowTaskPollRequest.with {
      $0.namespace = "default"
      $0.identity = "worker"
      $0.taskQueue.name = queue
      if let sticky {
        $0.taskQueue.name = sticky
        $0.taskQueue.kind = .sticky
        $0.taskQueue.normalName = queue
      }
      if let version { $0.deploymentOptions = version.workerOptions }
    }
    change(&request)
    return begin(WorkflowService.pollWorkflowTaskQueue, request)
  }

  /// The task that a poll got; `nil` while it waits.
  mutating func task(_ poll: CallID) throws -> WorkflowTaskPollResponse? {
    try answer(poll, of: WorkflowService.pollWorkflowTaskQueue)
  }

  mutating func fail(
    _ task: WorkflowTaskPollResponse, cause: WorkflowTaskFailedCause = .workflowWorkerUnhandledFailure
  ) throws {
    try call(
      WorkflowService.respondWorkflowTaskFailed,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.identity = "worker"
        $0.cause = cause
        $0.failure.message = "no"
      })
  }

  /// Asks a query; the answer is found under the call.
  mutating func ask(
    _ workflowID: String = "w", _ name: String = "q",
    change: (inout Temporal_Api_Workflowservice_V1_QueryWorkflowRequest) -> Void = { _ in }
  ) -> CallID {
    var request = Temporal_Api_Workflowservice_V1_QueryWorkflowRequest.with {
      $0.namespace = "default"
      $0.execution.workflowID = workflowID
      $0.query.queryType = name
    }
    change(&request)
    return begin(WorkflowService.queryWorkflow, request)
  }

  mutating func answerQuery(_ task: WorkflowTaskPollResponse, _ text: String = "answer") throws {
    try call(
      WorkflowService.respondQueryTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.completedType = .answered
        $0.queryResult = Payloads(text: text)
      })
  }

  /// The result that a query had; `nil` while it waits.
  mutating func queryResult(_ call: CallID) throws -> Payloads? {
    try answer(call, of: WorkflowService.queryWorkflow)?.queryResult
  }
}

extension VersionKey {
  /// What a worker of this version says of itself.
  var workerOptions: Temporal_Api_Deployment_V1_WorkerDeploymentOptions {
    .with {
      $0.deploymentName = deployment
      $0.buildID = buildID
      $0.workerVersioningMode = .versioned
    }
  }
}

/// Runs a call that must be refused, and gives the refusal.
func refusal(
  file: StaticString = #filePath, line: UInt = #line, _ call: () throws -> Void
) -> ServiceError? {
  do {
    try call()
    XCTFail("nothing was refused", file: file, line: line)
  } catch let error as ServiceError {
    return error
  } catch {
    XCTFail("\(error)", file: file, line: line)
  }
  return nil
}
