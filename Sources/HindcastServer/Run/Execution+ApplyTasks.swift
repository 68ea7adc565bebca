internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

// The workflow task as events tell of it.

extension Execution {
  mutating func applyTaskScheduled(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowTaskScheduledEventAttributes, at time: Int64
  ) {
    record.firstTaskDue = 0
    let stamp = record.workflowTask.stamp + 1
    record.workflowTask = .with {
      $0.kind = .normal
      $0.scheduledEventID = event.eventID
      $0.attempt = attributes.attempt
      $0.scheduledTime = time
      $0.originalScheduledTime = time
      $0.taskQueue = attributes.taskQueue
      $0.startToCloseTimeout = attributes.startToCloseTimeout.nanoseconds
      $0.stamp = stamp
    }
  }

  mutating func applyTaskStarted(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowTaskStartedEventAttributes, at time: Int64
  ) {
    record.workflowTask.startedEventID = event.eventID
    record.workflowTask.startedTime = time
    record.workflowTask.requestID = attributes.requestID
    record.workflowTask.identity = attributes.identity
    record.workflowTask.suggestContinueAsNew = attributes.suggestContinueAsNew
    record.workflowTask.suggestReasons = attributes.suggestContinueAsNewReasons
    record.workflowTask.historySizeBytes = attributes.historySizeBytes
  }

  mutating func applyTaskCompleted(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowTaskCompletedEventAttributes
  ) {
    record.lastCompletedStartedEventID = attributes.startedEventID
    record.lastCompletedEventID = event.eventID
    record.closeAttempted = false
    clearTask(attempt: 1)
    record.reportedProblems = []
    record.consecutiveTaskFailures = 0
    record.searchAttributes.indexedFields[SystemAttribute.reportedProblems] = nil
    applyCompletedVersioning(event, attributes)
  }

  /// The task failed or was not answered in time.
  mutating func applyTaskEnded(badly problems: [String]) {
    record.reportedProblems = problems
    endTask(raisingAttempt: true)
  }

  /// The task ended without success.
  ///
  /// A task of a sticky queue is no failed attempt: first the run leaves that queue (`server.md` 3.4).
  mutating func endTask(raisingAttempt: Bool) {
    let isFailedAttempt = raisingAttempt && !record.hasSticky
    record.clearSticky()
    clearTask(attempt: isFailedAttempt ? record.workflowTask.attempt + 1 : 1)
    guard isFailedAttempt else { return }
    record.consecutiveTaskFailures += 1
    if record.consecutiveTaskFailures >= Self.problemsBeforeReport, !record.reportedProblems.isEmpty {
      record.searchAttributes.indexedFields[SystemAttribute.reportedProblems] = .keywords(record.reportedProblems)
    }
  }

  /// Workflow tasks that fail in a row before a search attribute tells of it.
  private static let problemsBeforeReport: Int32 = 5

  /// There is no task any more; the next one has this attempt.
  mutating func clearTask(attempt: Int32) {
    let stamp = record.workflowTask.stamp + 1
    record.workflowTask = .with {
      $0.attempt = attempt
      $0.stamp = stamp
    }
  }
}
