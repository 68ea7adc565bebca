internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Schedules at work: runs are started, cancelled and watched (`server.md` 15).

extension ServerMachine {
  /// Takes a schedule over, does what it has to do now, and sets when it has to do something next.
  mutating func run(_ schedule: ScheduleRecord, _ turn: inout Turn) {
    var schedule = schedule
    let now = turn.now.nanoseconds
    if !schedule.deleted {
      schedule.addDueStarts(at: now)
      schedule.addBackfillStarts(at: now)
      while startDueRuns(of: &schedule, &turn) {}
    }
    schedules[schedule.key] = schedule
    turn.save(.schedule, owner: schedule.namespace, key: schedule.scheduleID, schedule)
    dueTimes.set(schedule.nextDue, for: schedule.key)
  }

  /// Starts what may be started.
  ///
  /// - Returns: Whether a start came to nothing, so that the next one may be tried.
  private mutating func startDueRuns(of schedule: inout ScheduleRecord, _ turn: inout Turn) -> Bool {
    guard case .startWorkflow(let action)? = schedule.schedule.action.action else {
      schedule.buffered = []
      return false
    }
    if schedule.buffered.isEmpty { return false }
    let decision = schedule.decideStarts()
    var failed = false
    for (start, overlaps) in decision.starts {
      guard start.manual || schedule.canAct else {
        failed = true
        continue
      }
      if !start.manual { schedule.spendAction() }
      do throws(ServiceError) {
        let run = try startRun(of: schedule, action, start, overlaps: overlaps, &turn)
        schedule.note(run, of: start, overlaps: overlaps, at: turn.now.nanoseconds)
      } catch {
        // A run that cannot be started is no reason to stop the schedule.
        failed = true
      }
    }
    if decision.cancelsRunning || decision.terminatesRunning {
      for running in schedule.info.runningWorkflows {
        end(running, of: schedule, terminates: decision.terminatesRunning, &turn)
      }
    }
    return failed
  }

  private mutating func startRun(
    of schedule: ScheduleRecord, _ action: NewWorkflow, _ start: BufferedStartRecord, overlaps: Bool,
    _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowExecutionMessage {
    let time = start.nominalTime.dateTimeText()
    var request = action.startRequest(in: schedule.namespace)
    request.workflowID += "-\(time)"
    request.identity = schedule.identity
    request.requestID = ids.uuid()
    request.workflowIDReusePolicy = start.manual ? .allowDuplicate : .rejectDuplicate
    request.searchAttributes.indexedFields["TemporalScheduledStartTime"] = Payload(searchAttribute: time, .datetime)
    request.searchAttributes.indexedFields["TemporalScheduledById"] = Payload(
      searchAttribute: schedule.scheduleID, .keyword)
    if !overlaps {
      if schedule.hasLastResult { request.lastCompletionResult = schedule.lastResult }
      if schedule.hasLastFailure { request.continuedFailure = schedule.lastFailure }
    }
    let outcome = try startRun(try validStart(request, turn), &turn)
    return .with {
      $0.workflowID = request.workflowID
      $0.runID = outcome.runID
    }
  }

  /// Cancels or terminates a run that a new one is not to overlap with.
  private mutating func end(
    _ running: WorkflowExecutionMessage, of schedule: ScheduleRecord, terminates: Bool, _ turn: inout Turn
  ) {
    let key = WorkflowKey(namespace: schedule.namespace, workflowID: running.workflowID)
    guard let run = currentRun(of: key), run.isRunning, run.record.started.firstExecutionRunID == running.runID else {
      return
    }
    do throws(ServiceError) {
      try change(run.runID, &turn) { transaction in
        if terminates {
          transaction.terminate(
            reason: "terminated by schedule overlap policy", details: nil, identity: schedule.identity)
        } else {
          transaction.requestCancel(
            .with {
              $0.cause = "cancelled by schedule overlap policy"
              $0.identity = schedule.identity
            })
        }
      }
    } catch {
      // It has ended in the meantime.
    }
  }

  /// A run has closed: the schedule that started its chain may go on.
  mutating func tellSchedule(of runID: String, _ turn: inout Turn) {
    guard let run = executions[runID], run.record.newRunID.isEmpty,
      let payload = run.record.searchAttributes.indexedFields["TemporalScheduledById"],
      case .text(let scheduleID)? = payload.visibilityValue(of: .keyword)
    else { return }
    let key = ScheduleRecord.key(namespace: run.record.namespace, scheduleID: scheduleID)
    guard var schedule = schedules[key], !schedule.deleted,
      schedule.info.runningWorkflows.contains(where: {
        $0.workflowID == run.record.workflowID && $0.runID == run.record.started.firstExecutionRunID
      })
    else { return }
    schedule.noteClosed(run)
    self.run(schedule, &turn)
  }
}

typealias NewWorkflow = Temporal_Api_Workflow_V1_NewWorkflowExecutionInfo

extension NewWorkflow {
  /// The request that starts the workflow.
  func startRequest(in namespace: String) -> StartWorkflowRequest {
    .with {
      $0.namespace = namespace
      $0.workflowID = workflowID
      $0.workflowType = workflowType
      if hasTaskQueue { $0.taskQueue = taskQueue }
      if hasInput { $0.input = input }
      if hasWorkflowExecutionTimeout { $0.workflowExecutionTimeout = workflowExecutionTimeout }
      if hasWorkflowRunTimeout { $0.workflowRunTimeout = workflowRunTimeout }
      if hasWorkflowTaskTimeout { $0.workflowTaskTimeout = workflowTaskTimeout }
      if hasRetryPolicy { $0.retryPolicy = retryPolicy }
      if hasMemo { $0.memo = memo }
      if hasSearchAttributes { $0.searchAttributes = searchAttributes }
      if hasHeader { $0.header = header }
      if hasUserMetadata { $0.userMetadata = userMetadata }
      if hasVersioningOverride { $0.versioningOverride = versioningOverride }
      if hasPriority { $0.priority = priority }
    }
  }
}
