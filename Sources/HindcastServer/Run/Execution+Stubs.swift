internal import HindcastHistory
internal import HindcastRecords
internal import TemporalAPI

// TO BE REPLACED by the owners of updates.

extension Execution {
  mutating func applyUpdateAdmitted(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowExecutionUpdateAdmittedEventAttributes,
    at time: Int64
  ) {}

  mutating func applyUpdateAccepted(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowExecutionUpdateAcceptedEventAttributes
  ) {}

  mutating func applyUpdateCompleted(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowExecutionUpdateCompletedEventAttributes
  ) {}
}

extension RunTransaction {
  /// Something happens to the run while a speculative task exists: the task becomes a stored one.
  mutating func materializeSpeculativeTask() {}
}
