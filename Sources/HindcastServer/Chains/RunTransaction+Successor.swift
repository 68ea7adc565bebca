internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// Another run that follows a run by retry or cron (`server.md` 10.2, 10.3).
struct Successor: Sendable {
  var runID: String
  var initiator: Temporal_Api_Enums_V1_ContinueAsNewInitiator
  /// How long its first workflow task waits.
  var backoff: Int64
  var failure: Failure?
  var lastResult: Payloads?
}

extension RunTransaction {
  /// What follows the run's failure: a retry, else the next time of its cron schedule, else nothing; and why.
  mutating func successor(after failure: Failure) -> (RetryState, Successor?) {
    var state = RetryState.retryPolicyNotSet
    if record.started.hasRetryPolicy {
      let decision = record.started.retryPolicy.next(
        after: record.started.attempt, failing: failure, at: now, expiration: record.executionTimeoutDue)
      switch decision {
      case .retry(let interval):
        var next = successor(.retry, backoff: interval)
        next.failure = failure
        return (.inProgress, next)
      case .stop(let reason): state = reason
      }
    }
    guard let backoff = cronBackoff else { return (state, nil) }
    var next = successor(.cronSchedule, backoff: backoff)
    next.failure = failure
    if record.started.hasLastCompletionResult { next.lastResult = record.started.lastCompletionResult }
    return (state, next)
  }

  mutating func successor(
    _ initiator: Temporal_Api_Enums_V1_ContinueAsNewInitiator, backoff: Int64
  ) -> Successor {
    Successor(runID: ids.uuid(), initiator: initiator, backoff: backoff)
  }

  /// How long the next run of the cron schedule waits; `nil` without one.
  var cronBackoff: Int64? {
    guard !record.started.cronSchedule.isEmpty else { return nil }
    return CronSchedule(parsing: record.started.cronSchedule)?.backoff(scheduled: execution.executionTime, now: now)
  }

  /// Starts the run that follows by retry or cron: it is as the first one was, whatever was changed since.
  mutating func follow(_ next: Successor) {
    var attributes = StartedAttributes()
    let started = record.started
    attributes.workflowType = started.workflowType
    attributes.taskQueue = started.taskQueue
    if started.hasInput { attributes.input = started.input }
    if started.hasHeader { attributes.header = started.header }
    if started.hasMemo { attributes.memo = started.memo }
    if started.hasSearchAttributes { attributes.searchAttributes = started.searchAttributes }
    if started.hasRetryPolicy { attributes.retryPolicy = started.retryPolicy }
    if started.hasPriority { attributes.priority = started.priority }
    if started.hasWorkflowRunTimeout { attributes.workflowRunTimeout = started.workflowRunTimeout }
    attributes.workflowTaskTimeout = started.workflowTaskTimeout
    attributes.cronSchedule = started.cronSchedule
    attributes.initiator = next.initiator
    if let failure = next.failure { attributes.continuedFailure = failure }
    if let result = next.lastResult { attributes.lastCompletionResult = result }
    if next.initiator == .retry {
      attributes.attempt = started.attempt.addingReportingOverflow(1).partialValue
      attributes.completionCallbacks = record.callbacks.map(\.callback)
    }
    attributes.firstWorkflowTaskBackoff = waitingOutMinimum(next.backoff).protobufDuration
    continueChain(attributes, runID: next.runID)
  }

  /// A backoff that leaves at least the shortest time between two runs of a chain (`server.md` 10.1).
  func waitingOutMinimum(_ backoff: Int64) -> Int64 {
    let lifetime = now.addingClamped(-execution.executionTime)
    let minimum = limits.timeBetweenRuns.clampedNanoseconds
    return lifetime.addingClamped(backoff) < minimum ? minimum.addingClamped(-lifetime) : backoff
  }

  /// Lets another run follow this one, with what all runs of a chain have in common.
  mutating func continueChain(
    _ attributes: StartedAttributes, runID: String,
    initialVersioningBehavior: Temporal_Api_Enums_V1_ContinueAsNewVersioningBehavior = .unspecified
  ) {
    var attributes = attributes
    let started = record.started
    attributes.workflowID = record.workflowID
    attributes.continuedExecutionRunID = record.runID
    attributes.firstExecutionRunID = started.firstExecutionRunID
    if started.hasParentWorkflowExecution {
      attributes.parentWorkflowNamespace = started.parentWorkflowNamespace
      attributes.parentWorkflowNamespaceID = started.parentWorkflowNamespaceID
      attributes.parentWorkflowExecution = started.parentWorkflowExecution
      attributes.parentInitiatedEventID = started.parentInitiatedEventID
      attributes.rootWorkflowExecution = started.rootWorkflowExecution
    }
    if started.hasWorkflowExecutionTimeout { attributes.workflowExecutionTimeout = started.workflowExecutionTimeout }
    if started.hasWorkflowExecutionExpirationTime {
      attributes.workflowExecutionExpirationTime = started.workflowExecutionExpirationTime
    }
    if record.hasAutoResetPoints { attributes.prevAutoResetPoints = record.autoResetPoints }
    let timeSkipping = execution.timeSkippingForNextRun
    if let config = timeSkipping.config { attributes.timeSkippingConfig = config }
    if let state = timeSkipping.state { attributes.timeSkippingStatePropagation = state }
    var start = RunStart(namespace: record.namespace, attributes: attributes)
    start.runID = runID
    start.links = record.startLinks
    start.initialVersioningBehavior = initialVersioningBehavior
    followUps.append(.continueChain(start))
  }
}
