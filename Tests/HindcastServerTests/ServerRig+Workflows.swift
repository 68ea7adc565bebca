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

  /// Every run whose buffer is empty is what its history tells (`DESIGN.md`: the rebuilt state equals the live one).
  func checkRebuild(file: StaticString = #filePath, line: UInt = #line) {
    for (runID, live) in machine.executions.sorted(by: { $0.key < $1.key }) where live.buffer.isEmpty {
      let events = history(runID)
      guard let rebuilt = Execution(rebuiltFrom: events, namespace: live.record.namespace, runID: runID) else {
        XCTFail("\(runID) cannot be rebuilt", file: file, line: line)
        continue
      }
      XCTAssertEqual(rebuilt.told, live.told, runID, file: file, line: line)
      XCTAssertEqual(events.map(\.eventID), Array(1...Int64(max(events.count, 1))), runID, file: file, line: line)
    }
  }
}

extension Execution {
  /// What a history tells of a run; without what only the live run knows.
  fileprivate var told: Execution {
    var told = Execution(record: ExecutionRecord())
    told.record.namespace = record.namespace
    told.record.workflowID = record.workflowID
    told.record.runID = record.runID
    told.record.started = record.started
    told.record.startTime = record.startTime
    told.record.closeTime = record.closeTime
    told.record.status = record.status
    told.record.nextEventID = record.nextEventID
    told.record.lastCompletedEventID = record.lastCompletedEventID
    told.record.lastCompletedStartedEventID = record.lastCompletedStartedEventID
    told.record.memo = record.memo
    told.record.cancelRequested = record.cancelRequested
    told.record.signalCount = record.signalCount
    told.record.paused = record.paused
    if record.workflowTask.kind == .normal {
      told.record.workflowTask.scheduledEventID = record.workflowTask.scheduledEventID
      told.record.workflowTask.startedEventID = record.workflowTask.startedEventID
    }
    // What a closed run left pending is of no consequence, and the live one may have dropped it.
    guard isRunning else { return told }
    for activity in activities.sorted {
      told.activities[activity.scheduledEventID] = .with {
        $0.scheduledEventID = activity.scheduledEventID
        $0.scheduled = activity.scheduled
        if activity.hasUserMetadata { $0.userMetadata = activity.userMetadata }
        $0.firstScheduledTime = activity.firstScheduledTime
        $0.cancelRequested = activity.cancelRequested
        $0.cancelRequestEventID = activity.cancelRequestEventID
      }
    }
    told.timers = timers
    told.updates = updates
    for child in children.sorted {
      told.children[child.initiatedEventID] = .with {
        $0.initiatedEventID = child.initiatedEventID
        $0.initiated = child.initiated
        $0.startedEventID = child.startedEventID
      }
    }
    for external in externals.sorted {
      told.externals[external.initiatedEventID] = .with {
        $0.initiatedEventID = external.initiatedEventID
        $0.isCancel = external.isCancel
      }
    }
    return told
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
