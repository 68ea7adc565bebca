internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias PauseActivityRequest = Temporal_Api_Workflowservice_V1_PauseActivityRequest
typealias UnpauseActivityRequest = Temporal_Api_Workflowservice_V1_UnpauseActivityRequest
typealias ResetActivityRequest = Temporal_Api_Workflowservice_V1_ResetActivityRequest
typealias UpdateActivityOptionsRequest = Temporal_Api_Workflowservice_V1_UpdateActivityOptionsRequest

// Pausing, resetting and changing pending activities (`server.md` 6).

/// Which of a run's activities a request means.
enum ActivitySelection: Sendable {
  case id(String), type(String), all
}

extension ServerMachine {
  static var activityControlRoutes: [Route] {
    [
      .prompt(WorkflowService.pauseActivity) { (machine, request, turn) throws(ServiceError) in
        try machine.pauseActivities(request, &turn)
        return .init()
      },
      .prompt(WorkflowService.unpauseActivity) { (machine, request, turn) throws(ServiceError) in
        try machine.unpauseActivities(request, &turn)
        return .init()
      },
      .prompt(WorkflowService.resetActivity) { (machine, request, turn) throws(ServiceError) in
        try machine.resetActivities(request, &turn)
        return .init()
      },
      .prompt(WorkflowService.updateActivityOptions) { (machine, request, turn) throws(ServiceError) in
        try machine.updateActivityOptions(request, &turn)
      },
    ]
  }

  mutating func pauseActivities(_ request: PauseActivityRequest, _ turn: inout Turn) throws(ServiceError) {
    let selection: ActivitySelection? =
      switch request.activity {
      case .id(let id)?: .id(id)
      case .type(let type)?: .type(type)
      case nil: nil
      }
    try changeActivities(request.execution, request.namespace, selection, &turn) {
      (transaction: inout RunTransaction, id) throws(ServiceError) in
      try transaction.pauseActivity(id, by: request)
    }
  }

  mutating func unpauseActivities(_ request: UnpauseActivityRequest, _ turn: inout Turn) throws(ServiceError) {
    let selection: ActivitySelection? =
      switch request.activity {
      case .id(let id)?: .id(id)
      case .type(let type)?: .type(type)
      case .unpauseAll?: .all
      case nil: nil
      }
    try changeActivities(request.execution, request.namespace, selection, &turn) {
      $0.unpauseActivity($1, by: request)
    }
  }

  mutating func resetActivities(_ request: ResetActivityRequest, _ turn: inout Turn) throws(ServiceError) {
    let selection: ActivitySelection? =
      switch request.activity {
      case .id(let id)?: .id(id)
      case .type(let type)?: .type(type)
      case .matchAll?: .all
      case nil: nil
      }
    try changeActivities(request.execution, request.namespace, selection, &turn) {
      $0.resetActivity($1, by: request)
    }
  }

  private mutating func changeActivities(
    _ execution: WorkflowExecutionMessage, _ namespace: String, _ selection: ActivitySelection?, _ turn: inout Turn,
    _ changeOne: (inout RunTransaction, Int64) throws(ServiceError) -> Void
  ) throws(ServiceError) {
    let run = try run(execution, in: namespace)
    guard let selection else {
      throw .invalidArgument("Either Activity.Id or Activity.Type should be set on request.")
    }
    guard run.isRunning else { throw .alreadyCompleted }
    let activities = run.activities(selection)
    if activities.isEmpty { throw .activityNotFound }
    try change(run.runID, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
      for activity in activities { try changeOne(&transaction, activity) }
    }
  }

  mutating func updateActivityOptions(
    _ request: UpdateActivityOptionsRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_UpdateActivityOptionsResponse {
    let selection: ActivitySelection? =
      switch request.activity {
      case .id(let id)?: .id(id)
      case .type(let type)?: .type(type)
      case .matchAll?: .all
      case nil: nil
      }
    try request.check()
    let limits = limits
    var effective = ActivityOptionsMessage()
    try changeActivities(request.execution, request.namespace, selection, &turn) {
      (transaction: inout RunTransaction, id) throws(ServiceError) in
      guard let activity = transaction.execution.activities[id] else { return }
      if request.restoreOriginal {
        transaction.setOptions(nil, of: id)
        effective = activity.scheduled.options
        effective.retryPolicy = activity.scheduled.retryPolicy
      } else {
        effective = try activity.options(merging: request, limits)
        transaction.setOptions(effective, of: id)
      }
    }
    return .with { $0.activityOptions = effective }
  }
}

extension Execution {
  /// The pending activities that a request means, in the order in which they were scheduled.
  fileprivate func activities(_ selection: ActivitySelection) -> [Int64] {
    switch selection {
    case .id(let id): activities.key(named: id).map { [$0] } ?? []
    case .type(let type): activities.sorted.filter { $0.scheduled.activityType.name == type }.map(\.scheduledEventID)
    case .all: activities.sorted.map(\.scheduledEventID)
    }
  }
}

extension UpdateActivityOptionsRequest {
  /// - Throws: INVALID_ARGUMENT for a request that does not say what to change.
  func check() throws(ServiceError) {
    if activityOptions.hasPriority, let fault = activityOptions.priority.fault { throw .invalidArgument(fault) }
    if restoreOriginal, !updateMask.paths.isEmpty {
      throw .invalidArgument("Both UpdateMask and RestoreOriginal are provided")
    }
    if !restoreOriginal, !hasActivityOptions { throw .invalidArgument("ActivityOptions are not provided") }
    if !restoreOriginal, !hasUpdateMask { throw .invalidArgument("UpdateMask is not provided") }
  }
}

extension ActivityRecord {
  /// The activity's options with those of a request that its mask names.
  func options(
    merging request: UpdateActivityOptionsRequest, _ limits: Limits
  ) throws(ServiceError) -> ActivityOptionsMessage {
    var merged = currentOptions
    let new = request.activityOptions
    let paths = Set(request.updateMask.paths.map(\.withoutUnderscores))
    for path in paths.sorted() {
      switch path {
      case "taskqueue.name":
        guard new.hasTaskQueue else { throw .invalidArgument("TaskQueue is not provided") }
        merged.taskQueue.name = new.taskQueue.name
      case "scheduletoclosetimeout": merged.scheduleToCloseTimeout = new.scheduleToCloseTimeout
      case "scheduletostarttimeout": merged.scheduleToStartTimeout = new.scheduleToStartTimeout
      case "starttoclosetimeout": merged.startToCloseTimeout = new.startToCloseTimeout
      case "heartbeattimeout": merged.heartbeatTimeout = new.heartbeatTimeout
      case "priority":
        if new.hasPriority { merged.priority = new.priority } else { merged.clearPriority() }
      case _ where path.hasPrefix("priority."):
        guard new.hasPriority else { throw .invalidArgument("Priority is not provided") }
        switch path.dropFirst("priority.".count) {
        case "prioritykey": merged.priority.priorityKey = new.priority.priorityKey
        case "fairnesskey": merged.priority.fairnessKey = new.priority.fairnessKey
        case "fairnessweight": merged.priority.fairnessWeight = new.priority.fairnessWeight
        default: break
        }
      case "retrypolicy":
        guard new.hasRetryPolicy else { throw .invalidArgument("RetryPolicy is not provided") }
        merged.retryPolicy = new.retryPolicy
      case _ where path.hasPrefix("retrypolicy."):
        guard new.hasRetryPolicy else { throw .invalidArgument("RetryPolicy is not provided") }
        switch path.dropFirst("retrypolicy.".count) {
        case "initialinterval": merged.retryPolicy.initialInterval = new.retryPolicy.initialInterval
        case "backoffcoefficient": merged.retryPolicy.backoffCoefficient = new.retryPolicy.backoffCoefficient
        case "maximuminterval": merged.retryPolicy.maximumInterval = new.retryPolicy.maximumInterval
        case "maximumattempts": merged.retryPolicy.maximumAttempts = new.retryPolicy.maximumAttempts
        default: break
        }
      default: break
      }
    }
    if paths.contains(where: { $0.hasPrefix("retrypolicy") }), let fault = merged.retryPolicy.fault {
      throw .invalidArgument(fault)
    }
    if let fault = merged.taskQueue.fault(limits) { throw .invalidArgument(fault) }
    let fault = merged.complete(
      activityID: scheduled.activityID, activityType: scheduled.activityType.name, runTimeout: 0, limits: limits)
    if let fault { throw .invalidArgument(fault) }
    if merged.taskQueue.kind == .unspecified { merged.taskQueue.kind = .normal }
    return merged
  }
}

extension String {
  /// `start_to_close_timeout` and `startToCloseTimeout` alike: a field mask may be written either way.
  fileprivate var withoutUnderscores: String { filter { $0 != "_" }.lowercased() }
}
