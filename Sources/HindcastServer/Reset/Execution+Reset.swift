internal import HindcastHistory
internal import HindcastRecords
internal import TemporalAPI

extension Execution {
  /// A run made of another one's history begins here: what it does by the clock begins anew (`server.md` 8.4).
  mutating func applyReset(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowTaskFailedEventAttributes
  ) {
    let time = event.eventTime.nanoseconds
    record.resetBaseRunID = attributes.baseRunID
    record.resetEventID = event.eventID
    record.workflowTask.attempt = 1
    record.startTime = time
    record.resetTime = time
    let executionTimeout = record.started.workflowExecutionTimeout.nanoseconds
    let runTimeout = record.started.workflowRunTimeout.nanoseconds
    if executionTimeout > 0 { record.executionTimeoutDue = time.addingClamped(executionTimeout) }
    if runTimeout > 0 {
      let due = time.addingClamped(runTimeout)
      record.runTimeoutDue = executionTimeout > 0 ? min(due, record.executionTimeoutDue) : due
    }
    for id in activities.records.keys.sorted() {
      activities.update(id) {
        $0.firstScheduledTime = time
        $0.scheduledTime = time
      }
    }
  }
}
