public import HindcastCalls
public import HindcastHistory
private import SwiftProtobuf
private import TemporalAPI
private import TemporalServiceAPI

extension ServiceConnection {
  /// Reads the history of a run as it is now, all pages of it, with its ids.
  ///
  /// Servers before 1.24 do not write the workflow id into the first event, from which everything that replays takes it, so it
  /// is written there.
  ///
  /// - Throws: As ``call(_:_:timeout:)`` does.
  public func workflowHistory(of run: RunKey, in namespace: String) async throws -> WorkflowHistory {
    var events = try await history(
      of: .with {
        $0.workflowID = run.workflowID
        $0.runID = run.runID
      }, in: namespace
    ).events
    if case .workflowExecutionStartedEventAttributes(var started)? = events.first?.attributes,
      started.workflowID.isEmpty
    {
      started.workflowID = run.workflowID
      events[0].workflowExecutionStartedEventAttributes = started
    }
    return WorkflowHistory(events: events, workflowID: run.workflowID)
  }

  /// How many events an open run has now; nil when it is closed.
  func openLength(of run: RunKey, in namespace: String) async throws -> Int? {
    let info = try await call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = namespace
        $0.execution.workflowID = run.workflowID
        $0.execution.runID = run.runID
      }
    ).workflowExecutionInfo
    return info.status == .running ? Int(info.historyLength) : nil
  }
}
