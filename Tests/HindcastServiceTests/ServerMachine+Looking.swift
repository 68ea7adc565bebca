import HindcastRecords

@testable import HindcastServer

extension ServerMachine {
  /// How often the current run of a workflow has changed.
  func transitions(ofWorkflow workflowID: String) -> Int64 {
    guard let runID = currentRuns[WorkflowKey(namespace: "default", workflowID: workflowID)] else { return 0 }
    return executions[runID]?.record.stateTransitionCount ?? 0
  }
}
