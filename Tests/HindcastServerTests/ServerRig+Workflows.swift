import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

// What most tests do with a workflow: start it, take its tasks, answer with commands.

extension ServerRig {
  /// Starts a run in the namespace `default` on the queue `queue`.
  ///
  /// - Returns: Its run id.
  @discardableResult
  mutating func start(
    _ workflowID: String = "w", _ change: (inout StartWorkflowRequest) -> Void = { _ in }
  ) throws -> String {
    var request = StartWorkflowRequest.with {
      $0.namespace = "default"
      $0.workflowID = workflowID
      $0.workflowType.name = "Type"
      $0.taskQueue.name = "queue"
      $0.requestID = "start \(workflowID)"
    }
    change(&request)
    return try call(WorkflowService.startWorkflowExecution, request).runID
  }

  /// Takes the workflow task that waits in a queue.
  mutating func pollTask(queue: String = "queue") throws -> WorkflowTaskPollResponse {
    try call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = queue
        $0.identity = "worker"
      })
  }

  /// Answers a workflow task.
  @discardableResult
  mutating func complete(
    _ task: WorkflowTaskPollResponse, _ commands: Command...,
    change: (inout WorkflowTaskCompletedRequest) -> Void = { _ in }
  ) throws -> WorkflowTaskCompletedResponse {
    var request = WorkflowTaskCompletedRequest.with {
      $0.namespace = "default"
      $0.taskToken = task.taskToken
      $0.identity = "worker"
      $0.commands = commands
    }
    change(&request)
    return try call(WorkflowService.respondWorkflowTaskCompleted, request)
  }

  @discardableResult
  mutating func signal(_ workflowID: String = "w", _ name: String = "signal") throws
    -> Temporal_Api_Workflowservice_V1_SignalWorkflowExecutionResponse
  {
    try call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = workflowID
        $0.signalName = name
      })
  }

  /// Every run is what its history tells (`DESIGN.md`: the rebuilt state equals the live one).
  func checkRebuild(file: StaticString = #filePath, line: UInt = #line) {
    let check = machine.rebuildRuns(reading: archive)
    XCTAssertEqual(check.runs, machine.executions.count, file: file, line: line)
    XCTAssertEqual(check.differences, [], file: file, line: line)
  }

  /// The runs that a turn changed are what their histories tell; long histories are checked at the end only.
  func checkRebuild(ofRunsIn writes: [Write]) {
    var changed: Set<String> = []
    for case .record(let kind, let owner, _, _) in writes
    where kind == .execution && (machine.executions[owner]?.record.nextEventID ?? 0) < 100 {
      changed.insert(owner)
    }
    XCTAssertEqual(machine.rebuildRuns(changed, reading: archive).differences, [])
  }
}

extension Command {
  /// Completes the workflow.
  static func completeWorkflow(_ result: String? = nil) -> Command {
    .with {
      $0.commandType = .completeWorkflowExecution
      $0.completeWorkflowExecutionCommandAttributes = .with { if let result { $0.result = Payloads(text: result) } }
    }
  }
}
