internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// The commands that schedule and cancel activities (`server.md` 4, 6).

extension RunTransaction {
  mutating func scheduleActivity(
    _ attributes: Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    func refusal(_ reason: String) -> CommandRefusal { CommandRefusal(.badScheduleActivityAttributes, reason) }
    guard attributes.hasTaskQueue else { throw refusal("taskQueue is not set") }
    if let fault = attributes.taskQueue.fault(limits) { throw refusal(fault) }
    var options = ActivityOptionsMessage.with {
      $0.scheduleToCloseTimeout = attributes.scheduleToCloseTimeout
      $0.scheduleToStartTimeout = attributes.scheduleToStartTimeout
      $0.startToCloseTimeout = attributes.startToCloseTimeout
      $0.heartbeatTimeout = attributes.heartbeatTimeout
      $0.retryPolicy = attributes.retryPolicy
      if attributes.hasPriority { $0.priority = attributes.priority }
    }
    let fault = options.complete(
      activityID: attributes.activityID, activityType: attributes.activityType.name,
      runTimeout: record.started.workflowRunTimeout.nanoseconds, limits: limits)
    if let fault { throw refusal(fault) }
    if execution.activities.count >= limits.pendingPerKind {
      throw CommandRefusal(
        .pendingActivitiesLimitExceeded,
        "the number of pending activities, \(execution.activities.count), has reached the per-workflow limit of "
          + "\(limits.pendingPerKind)")
    }
    if execution.activities.key(named: attributes.activityID) != nil {
      throw CommandRefusal(
        .scheduleActivityDuplicateID,
        "invalid history builder state for action: add-activitytask-scheduled-event, "
          + "ActivityID: \(attributes.activityID)")
    }
    let event = write(
      .activityTaskScheduledEventAttributes(
        .with {
          $0.activityID = attributes.activityID
          $0.activityType = attributes.activityType
          $0.taskQueue = attributes.taskQueue
          if $0.taskQueue.kind == .unspecified { $0.taskQueue.kind = .normal }
          if attributes.hasHeader { $0.header = attributes.header }
          if attributes.hasInput { $0.input = attributes.input }
          $0.scheduleToCloseTimeout = options.scheduleToCloseTimeout
          $0.scheduleToStartTimeout = options.scheduleToStartTimeout
          $0.startToCloseTimeout = options.startToCloseTimeout
          $0.heartbeatTimeout = options.heartbeatTimeout
          $0.workflowTaskCompletedEventID = context.completedEventID
          $0.retryPolicy = options.retryPolicy
          $0.useWorkflowBuildID = attributes.useWorkflowBuildID
          if attributes.hasPriority { $0.priority = attributes.priority }
        }), userMetadata: metadata)
    if attributes.requestEagerExecution, !record.paused {
      eagerActivities.append(event.eventID)
    } else {
      dispatchActivity(event.eventID)
    }
  }

  mutating func cancelActivity(
    _ attributes: Temporal_Api_Command_V1_RequestCancelActivityTaskCommandAttributes, _ context: inout CommandContext
  ) throws(CommandRefusal) {
    let scheduledEventID = attributes.scheduledEventID
    if scheduledEventID == 0 {
      throw CommandRefusal(
        .badRequestCancelActivityAttributes, "ScheduledEventId is not set on RequestCancelActivityTaskCommand.")
    }
    let activity = execution.activities[scheduledEventID]
    guard activity?.cancelRequested == false || (activity == nil && hasBufferedResult(of: scheduledEventID)) else {
      throw CommandRefusal(
        .badRequestCancelActivityAttributes,
        "invalid history builder state for action: add-activitytask-cancel-requested-event, "
          + "ScheduledEventID: \(scheduledEventID)")
    }
    let request = write(
      .activityTaskCancelRequestedEventAttributes(
        .with {
          $0.scheduledEventID = scheduledEventID
          $0.workflowTaskCompletedEventID = context.completedEventID
        }))
    guard let activity, !activity.isStarted else { return }
    // No worker has it: nobody else could say that it is cancelled.
    add(
      .activityTaskCanceledEventAttributes(
        .with {
          $0.details = Payloads(text: "ACTIVITY_ID_NOT_STARTED")
          $0.latestCancelRequestedEventID = request.eventID
          $0.scheduledEventID = scheduledEventID
          $0.identity = context.request.identity
        }))
    context.needsWorkflowTask = true
  }

  /// Whether an activity has ended while the workflow task ran.
  private func hasBufferedResult(of scheduledEventID: Int64) -> Bool {
    execution.buffer.contains { $0.isResult && $0.activityScheduledEventID == scheduledEventID }
  }

  /// Starts the activities that the answering worker gets with the response to its answer.
  ///
  /// - Returns: Those that are still wanted: a later command may have cancelled one, or closed the run.
  mutating func startEagerActivities(identity: String) -> [Int64] {
    guard execution.isRunning else { return [] }
    let wanted = eagerActivities.filter { execution.activities[$0] != nil }
    for scheduledEventID in wanted { startActivity(scheduledEventID, identity: identity, version: WorkerVersion()) }
    return wanted
  }
}

extension HistoryEvent {
  /// The activity that an event tells of; 0 for other events.
  fileprivate var activityScheduledEventID: Int64 {
    switch attributes {
    case .activityTaskCompletedEventAttributes(let attributes)?: attributes.scheduledEventID
    case .activityTaskFailedEventAttributes(let attributes)?: attributes.scheduledEventID
    case .activityTaskTimedOutEventAttributes(let attributes)?: attributes.scheduledEventID
    case .activityTaskCanceledEventAttributes(let attributes)?: attributes.scheduledEventID
    default: 0
    }
  }

  /// Whether a command brought about the event, though it enters the history with those from outside: the end of an activity
  /// that was cancelled before a worker had it.
  var isEndOfUnstartedActivity: Bool {
    guard case .activityTaskCanceledEventAttributes(let attributes)? = attributes else { return false }
    return attributes.startedEventID == 0
  }
}
