internal import Foundation
internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Making, changing and describing schedules (`server.md` 15).

typealias ScheduleMessage = Temporal_Api_Schedule_V1_Schedule
typealias SchedulePatchMessage = Temporal_Api_Schedule_V1_SchedulePatch

extension ServerMachine {
  static var scheduleRoutes: [Route] {
    [
      .prompt(WorkflowService.createSchedule) { (machine, request, turn) throws(ServiceError) in
        try machine.createSchedule(request, &turn)
      },
      .prompt(WorkflowService.describeSchedule) { (machine, request, _) throws(ServiceError) in
        try machine.schedule(request.scheduleID, in: request.namespace, gone: .notFound("schedule not found"))
          .description
      },
      .prompt(WorkflowService.updateSchedule) { (machine, request, turn) throws(ServiceError) in
        try machine.updateSchedule(request, &turn)
      },
      .prompt(WorkflowService.patchSchedule) { (machine, request, turn) throws(ServiceError) in
        try machine.patchSchedule(request, &turn)
      },
      .prompt(WorkflowService.deleteSchedule) { (machine, request, turn) throws(ServiceError) in
        var schedule = try machine.schedule(request.scheduleID, in: request.namespace)
        schedule.deleted = true
        machine.run(schedule, &turn)
        return .init()
      },
      .prompt(WorkflowService.listScheduleMatchingTimes) { (machine, request, _) throws(ServiceError) in
        try machine.listMatchingTimes(request)
      },
    ]
  }

  /// The schedule of an id.
  ///
  /// - Parameter gone: What is said of one that was deleted.
  /// - Throws: INVALID_ARGUMENT for no id, NOT_FOUND for an unknown one.
  private func schedule(
    _ id: String, in namespace: String, gone: ServiceError = .alreadyCompleted
  ) throws(ServiceError) -> ScheduleRecord {
    try checkNamespace(namespace)
    if id.isEmpty { throw .scheduleNotNamed }
    guard let schedule = schedules[ScheduleRecord.key(namespace: namespace, scheduleID: id)] else {
      throw .notFound("workflow not found for ID: \(Self.schedulerPrefix)\(id)")
    }
    if schedule.deleted { throw gone }
    return schedule
  }

  /// In the real server a schedule is a workflow; its errors show that.
  private static let schedulerPrefix = "temporal-sys-scheduler:"

  // MARK: Creating

  private mutating func createSchedule(
    _ request: Temporal_Api_Workflowservice_V1_CreateScheduleRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_CreateScheduleResponse {
    try checkNamespace(request.namespace)
    try checkWorkflowID(Self.schedulerPrefix + request.scheduleID)
    if request.requestID.isEmpty { throw .invalidArgument("RequestId is not set on request.") }
    try checkLength(request.requestID, of: "RequestId")
    let definition = try valid(request.schedule, in: request.namespace)
    let attributes = try typed(request.searchAttributes, in: request.namespace)
    if request.scheduleID.isEmpty { throw .scheduleNotNamed }
    let key = ScheduleRecord.key(namespace: request.namespace, scheduleID: request.scheduleID)
    if let existing = schedules[key], !existing.deleted {
      guard existing.createRequestID == request.requestID else {
        throw ServiceError(
          .alreadyExists, "schedule \"\(request.scheduleID)\" is already registered",
          detail: Temporal_Api_Errordetails_V1_WorkflowExecutionAlreadyStartedFailure())
      }
      return .with { $0.conflictToken = existing.conflictTokenData }
    }
    let now = turn.now.nanoseconds
    var schedule = ScheduleRecord()
    schedule.namespace = request.namespace
    schedule.scheduleID = request.scheduleID
    schedule.schedule = definition
    if request.hasMemo { schedule.memo = request.memo }
    schedule.searchAttributes = attributes
    schedule.createRequestID = request.requestID
    schedule.conflictToken = 1
    schedule.processedUntil = now
    schedule.info.createTime = now.timestamp
    schedule.fillIn()
    // The answer has the token from before the initial patch.
    let token = schedule.conflictTokenData
    if request.hasInitialPatch { schedule.apply(request.initialPatch, at: now) }
    run(schedule, &turn)
    return .with { $0.conflictToken = token }
  }

  /// A schedule's definition in its canonical form.
  ///
  /// - Throws: INVALID_ARGUMENT for a specification or an action that may not be.
  private func valid(_ schedule: ScheduleMessage, in namespace: String) throws(ServiceError) -> ScheduleMessage {
    var schedule = schedule
    do throws(ScheduleSpecRefusal) {
      schedule.spec = try schedule.spec.canonical()
    } catch {
      throw .invalidArgument("Invalid schedule spec: \(error.message)")
    }
    guard case .startWorkflow(let action)? = schedule.action.action else { return schedule }
    var request = action.startRequest(in: namespace)
    // As long as the time that the id of a run ends with.
    request.workflowID += "-2009-11-10T23:00:00Z"
    try checkWorkflowID(request.workflowID)
    if request.workflowType.name.isEmpty { throw .invalidArgument("WorkflowType is not set on request.") }
    try checkLength(request.workflowType.name, of: "WorkflowType")
    try checkTaskQueue(request)
    try checkTimeouts(request)
    if !action.cronSchedule.isEmpty { throw .invalidArgument("Scheduled workflow must not contain CronSchedule") }
    if action.workflowIDReusePolicy != .unspecified, action.workflowIDReusePolicy != .allowDuplicate {
      throw .invalidArgument("Scheduled workflow must not contain WorkflowIDReusePolicy")
    }
    _ = try typed(request.searchAttributes, in: namespace)
    return schedule
  }

  // MARK: Changing

  private mutating func updateSchedule(
    _ request: Temporal_Api_Workflowservice_V1_UpdateScheduleRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_UpdateScheduleResponse {
    try checkNamespace(request.namespace)
    let definition = try valid(request.schedule, in: request.namespace)
    let attributes = request.hasSearchAttributes ? try typed(request.searchAttributes, in: request.namespace) : nil
    var schedule = try schedule(request.scheduleID, in: request.namespace)
    // A change that comes too late is dropped, and nobody is told: in the real server it is a signal.
    if let token = ScheduleRecord.conflictToken(request.conflictToken), token != schedule.conflictToken {
      return .init()
    }
    // What was due until now was due under the old definition.
    schedule.addDueStarts(at: turn.now.nanoseconds)
    schedule.schedule = definition
    schedule.fillIn()
    if let attributes { schedule.searchAttributes = attributes }
    schedule.info.updateTime = turn.now.timestamp
    schedule.noteChange()
    run(schedule, &turn)
    return .init()
  }

  private mutating func patchSchedule(
    _ request: Temporal_Api_Workflowservice_V1_PatchScheduleRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_PatchScheduleResponse {
    try checkNamespace(request.namespace)
    if !request.hasPatch { throw .invalidArgument("Patch is not set on request.") }
    var schedule = try schedule(request.scheduleID, in: request.namespace)
    // Times that passed while it was paused are not made up for.
    schedule.addDueStarts(at: turn.now.nanoseconds)
    schedule.apply(request.patch, at: turn.now.nanoseconds)
    run(schedule, &turn)
    return .init()
  }

  // MARK: Reading

  /// Times that ListScheduleMatchingTimes gives at most.
  private static let mostMatchingTimes = 1_000

  private func listMatchingTimes(
    _ request: Temporal_Api_Workflowservice_V1_ListScheduleMatchingTimesRequest
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ListScheduleMatchingTimesResponse {
    let schedule = try schedule(request.scheduleID, in: request.namespace, gone: .notFound("schedule not found"))
    let end = request.endTime.nanoseconds
    return .with {
      $0.startTime = schedule.times.times(after: request.startTime.nanoseconds, limit: Self.mostMatchingTimes)
        .prefix { $0 <= end }.map(\.timestamp)
    }
  }
}

extension ServiceError {
  fileprivate static let scheduleNotNamed = invalidArgument("Can't load workflow execution.  WorkflowId not set.")
}

extension ScheduleRecord {
  /// Triggers, fills in, pauses, unpauses.
  fileprivate mutating func apply(_ patch: SchedulePatchMessage, at now: Int64) {
    if patch.hasTriggerImmediately {
      let trigger = patch.triggerImmediately
      let time = trigger.hasScheduledTime ? trigger.scheduledTime.nanoseconds : now
      addStart(nominal: time, actual: time, trigger.overlapPolicy, manual: true)
    }
    for var backfill in patch.backfillRequest {
      // The start belongs to what is filled in.
      backfill.startTime = backfill.startTime.nanoseconds.addingClamped(-1_000_000).timestamp
      backfills.append(backfill)
    }
    if !patch.pause.isEmpty { setPaused(true, patch.pause) }
    if !patch.unpause.isEmpty { setPaused(false, patch.unpause) }
  }

  private mutating func setPaused(_ isPaused: Bool, _ notes: String) {
    schedule.state.paused = isPaused
    schedule.state.notes = notes
    noteChange()
  }

  /// Eight bytes, the highest first.
  fileprivate var conflictTokenData: Data {
    let token = UInt64(bitPattern: conflictToken)
    return Data((0..<8).map { UInt8(truncatingIfNeeded: token >> UInt64(56 - 8 * $0)) })
  }

  /// - Returns: `nil` for what is no token: it then fits any state of the schedule.
  fileprivate static func conflictToken(_ data: Data) -> Int64? {
    guard data.count == 8 else { return nil }
    let token = data.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return token == 0 ? nil : Int64(bitPattern: token)
  }

  fileprivate var description: Temporal_Api_Workflowservice_V1_DescribeScheduleResponse {
    .with {
      $0.schedule = schedule
      $0.schedule.spec = schedule.spec.filledIn
      $0.info = info
      $0.info.futureActionTimes = futureActions(Self.futureActions).map(\.timestamp)
      $0.info.bufferSize = Int64(buffered.count)
      if hasMemo { $0.memo = memo }
      if !searchAttributes.indexedFields.isEmpty { $0.searchAttributes = searchAttributes }
      $0.conflictToken = conflictTokenData
    }
  }
}

extension ServerTime {
  /// As a message.
  fileprivate var timestamp: Google_Protobuf_Timestamp { nanoseconds.timestamp }
}
