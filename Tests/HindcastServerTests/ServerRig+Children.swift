import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

extension Command {
  /// Starts the child `child` on the queue `children`.
  static func startChild(_ workflowID: String = "child", _ change: (inout StartChildCommand) -> Void = { _ in })
    -> Command
  {
    .with {
      $0.commandType = .startChildWorkflowExecution
      $0.startChildWorkflowExecutionCommandAttributes = .with {
        $0.workflowID = workflowID
        $0.workflowType.name = "Child"
        $0.taskQueue.name = "children"
        change(&$0)
      }
    }
  }

  static func signalExternal(_ workflowID: String, _ change: (inout SignalExternalCommand) -> Void = { _ in })
    -> Command
  {
    .with {
      $0.commandType = .signalExternalWorkflowExecution
      $0.signalExternalWorkflowExecutionCommandAttributes = .with {
        $0.execution.workflowID = workflowID
        $0.signalName = "note"
        change(&$0)
      }
    }
  }

  static func cancelExternal(_ workflowID: String, _ change: (inout CancelExternalCommand) -> Void = { _ in })
    -> Command
  {
    .with {
      $0.commandType = .requestCancelExternalWorkflowExecution
      $0.requestCancelExternalWorkflowExecutionCommandAttributes = .with {
        $0.workflowID = workflowID
        change(&$0)
      }
    }
  }
}

extension ServerRig {
  /// The run that a workflow id stands for.
  func currentRun(_ workflowID: String) -> String {
    machine.currentRuns[WorkflowKey(namespace: "default", workflowID: workflowID)] ?? ""
  }

  /// Starts the run `w`, whose first task initiates a child.
  ///
  /// - Returns: Its run id.
  @discardableResult
  mutating func startParent(_ change: (inout StartChildCommand) -> Void = { _ in }) throws -> String {
    let run = try start()
    try complete(pollTask(), .startChild("child", change))
    return run
  }

  /// The newest event of a run that is about something other than workflow tasks.
  func news(_ runID: String) -> HistoryEvent {
    history(runID).last { !"\($0.eventType)".hasPrefix("workflowTask") } ?? HistoryEvent()
  }
}
