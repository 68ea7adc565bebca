internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Commands that close a run, and the timeouts that do (`server.md` 3.3, 10). Another run may follow in the chain.

extension RunTransaction {
  /// Refuses to close a run that has not seen everything (`server.md` 3.3).
  func checkNothingUnseen() throws(CommandRefusal) {
    if execution.buffer.contains(where: { !$0.isEndOfUnstartedActivity }) {
      throw CommandRefusal(.unhandledCommand, "")
    }
  }

  mutating func completeWorkflow(
    _ attributes: Temporal_Api_Command_V1_CompleteWorkflowExecutionCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    try checkNothingUnseen()
    var next: Successor?
    if let backoff = cronBackoff {
      next = successor(.cronSchedule, backoff: backoff)
      if attributes.hasResult { next?.lastResult = attributes.result }
    }
    write(
      .workflowExecutionCompletedEventAttributes(
        .with {
          if attributes.hasResult { $0.result = attributes.result }
          $0.workflowTaskCompletedEventID = context.completedEventID
          $0.newExecutionRunID = next?.runID ?? ""
        }), userMetadata: metadata)
    if let next { follow(next) }
  }

  mutating func failWorkflow(
    _ attributes: Temporal_Api_Command_V1_FailWorkflowExecutionCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    try checkNothingUnseen()
    guard attributes.hasFailure else {
      throw CommandRefusal(.badFailWorkflowExecutionAttributes, "Failure is not set on FailWorkflowExecutionCommand.")
    }
    let (retryState, next) = successor(after: attributes.failure)
    write(
      .workflowExecutionFailedEventAttributes(
        .with {
          $0.failure = attributes.failure
          $0.retryState = retryState
          $0.workflowTaskCompletedEventID = context.completedEventID
          $0.newExecutionRunID = next?.runID ?? ""
        }), userMetadata: metadata)
    if let next { follow(next) }
  }

  mutating func cancelWorkflow(
    _ attributes: Temporal_Api_Command_V1_CancelWorkflowExecutionCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    try checkNothingUnseen()
    write(
      .workflowExecutionCanceledEventAttributes(
        .with {
          if attributes.hasDetails { $0.details = attributes.details }
          $0.workflowTaskCompletedEventID = context.completedEventID
        }), userMetadata: metadata)
  }

  // MARK: Timeouts

  /// Ends the run if its time, or its chain's, is over and nothing else was due before that (`server.md` 10.4).
  ///
  /// - Returns: Whether the run is closed now.
  mutating func timeOutIfDue() -> Bool {
    let due = execution.timeoutDue
    guard execution.isRunning, due > 0, due <= now else { return false }
    // What became due earlier happens first; the run is looked at again afterwards.
    if let next = execution.nextDue, next < due.addingClamped(-record.skipped) { return false }
    timeOut()
    return true
  }

  private mutating func timeOut() {
    var retryState = RetryState.timeout
    var next: Successor?
    if record.executionTimeoutDue == 0 || record.executionTimeoutDue > now {
      let failure = Failure.with {
        $0.message = "workflow timeout"
        $0.source = "Server"
        $0.timeoutFailureInfo.timeoutType = .startToClose
      }
      (retryState, next) = successor(after: failure)
    }
    forceEndOfWorkflowTask()
    flushBuffer()
    write(
      .workflowExecutionTimedOutEventAttributes(
        .with {
          $0.retryState = retryState
          $0.newExecutionRunID = next?.runID ?? ""
        }))
    if let next { follow(next) }
  }
}

extension Execution {
  /// When the run or its chain times out, on the run's clock; 0 for never.
  var timeoutDue: Int64 {
    [record.runTimeoutDue, record.executionTimeoutDue].filter { $0 > 0 }.min() ?? 0
  }
}
