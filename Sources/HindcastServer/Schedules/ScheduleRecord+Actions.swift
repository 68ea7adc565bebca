internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What a schedule is to do, decided from its record and the time alone (`server.md` 15).

typealias OverlapPolicy = Temporal_Api_Enums_V1_ScheduleOverlapPolicy

extension ScheduleRecord {
  /// How a schedule is found, also among what is due.
  static func key(namespace: String, scheduleID: String) -> String {
    // The length keeps apart names that hold slashes.
    "schedule/\(namespace.utf8.count)/\(namespace)/\(scheduleID)"
  }

  var key: String { Self.key(namespace: namespace, scheduleID: scheduleID) }

  /// The identity that its requests have.
  var identity: String { "temporal-scheduler-\(namespace)-\(scheduleID)" }

  var times: ScheduleTimes { ScheduleTimes(schedule.spec, seed: "\(namespace)-\(scheduleID)") }

  /// Starts that wait at most.
  private static let mostBuffered = 1_000
  /// Starts that backfills make at a time, and how many may wait while they do.
  private static let backfillsAtATime = 10
  private static let mostBufferedForBackfills = 500
  private static let backfillPause: Int64 = 1_000_000_000
  static let recentActions = 10
  static let futureActions = 10

  /// Counts a change that somebody who updates the schedule must know of.
  mutating func noteChange() { conflictToken += 1 }

  // MARK: Defaults

  private static let shortestCatchup: Int64 = 10 * 1_000_000_000
  private static let standardCatchup: Int64 = 365 * 86_400 * 1_000_000_000

  /// Fills in what descriptions show even if nobody said it.
  mutating func fillIn() {
    if !schedule.hasSpec { schedule.spec = .init() }
    if !schedule.hasAction { schedule.action = .init() }
    if !schedule.hasState { schedule.state = .init() }
    let given = schedule.policies.catchupWindow.nanoseconds
    schedule.policies.overlapPolicy = resolve(schedule.policies.overlapPolicy)
    schedule.policies.catchupWindow =
      (schedule.policies.hasCatchupWindow ? max(given, Self.shortestCatchup) : Self.standardCatchup).protobufDuration
    if case .startWorkflow(var start)? = schedule.action.action {
      if start.taskQueue.kind == .unspecified { start.taskQueue.kind = .normal }
      schedule.action.startWorkflow = start
    }
  }

  func resolve(_ policy: OverlapPolicy) -> OverlapPolicy {
    if policy != .unspecified { return policy }
    let own = schedule.policies.overlapPolicy
    return own == .unspecified ? .skip : own
  }

  // MARK: Times

  /// Whether an action that nobody asked for by hand may be taken.
  var canAct: Bool {
    !schedule.state.paused && (!schedule.state.limitedActions || schedule.state.remainingActions > 0)
  }

  /// Takes one of the actions that are left.
  mutating func spendAction() {
    guard schedule.state.limitedActions, schedule.state.remainingActions > 0 else { return }
    schedule.state.remainingActions -= 1
    noteChange()
  }

  /// Decides on the actions whose time has come.
  mutating func addDueStarts(at now: Int64) {
    guard canAct else {
      processedUntil = now
      return
    }
    let times = times
    let catchup = schedule.policies.catchupWindow.nanoseconds
    let updated = info.hasUpdateTime ? info.updateTime.nanoseconds : 0
    var moment = processedUntil
    while let next = times.next(after: moment), next.actual <= now {
      moment = max(next.actual, moment + 1)
      if updated > next.actual { continue }
      if now.addingClamped(-next.actual) > catchup {
        info.missedCatchupWindow += 1
        continue
      }
      addStart(nominal: next.nominal, actual: next.actual)
    }
    processedUntil = moment
  }

  /// Decides on the next actions of what is to be filled in.
  mutating func addBackfillStarts(at now: Int64) {
    var left = Self.backfillsAtATime
    let times = times
    while let backfill = backfills.first, left > 0, buffered.count < Self.mostBufferedForBackfills {
      var moment = backfill.startTime.nanoseconds
      let end = backfill.endTime.nanoseconds
      var isDone = true
      while let next = times.next(after: moment), next.actual <= end {
        if left == 0 {
          isDone = false
          break
        }
        addStart(nominal: next.nominal, actual: next.actual, backfill.overlapPolicy, manual: true)
        moment = max(next.actual, moment + 1)
        left -= 1
      }
      if isDone {
        backfills.removeFirst()
      } else {
        backfills[0].startTime = moment.timestamp
      }
    }
    backfillDue = backfills.isEmpty ? 0 : now.addingClamped(Self.backfillPause)
  }

  mutating func addStart(
    nominal: Int64, actual: Int64, _ policy: OverlapPolicy = .unspecified, manual: Bool = false
  ) {
    if buffered.count >= Self.mostBuffered {
      info.bufferDropped += 1
      return
    }
    buffered.append(
      .with {
        $0.nominalTime = nominal
        $0.actualTime = actual
        $0.overlapPolicy = policy
        $0.manual = manual
      })
  }

  /// When there is something to do next; `nil` for never.
  var nextDue: Int64? {
    if deleted { return nil }
    let next = canAct ? times.next(after: processedUntil)?.actual : nil
    guard backfillDue > 0 else { return next }
    return min(next ?? backfillDue, backfillDue)
  }

  /// The times that descriptions show.
  func futureActions(_ limit: Int) -> [Int64] {
    let limit = schedule.state.limitedActions ? min(Int(clamping: schedule.state.remainingActions), limit) : limit
    let after = info.hasUpdateTime ? max(processedUntil, info.updateTime.nanoseconds - 1) : processedUntil
    return times.times(after: after, limit: limit)
  }

  // MARK: Overlaps

  /// What comes of the starts that wait.
  struct Decision {
    /// Runs that may overlap, and the one that may not; all are to be started now.
    var starts: [(start: BufferedStartRecord, overlaps: Bool)] = []
    var cancelsRunning = false
    var terminatesRunning = false
  }

  /// Decides which starts are made now, which wait on and which are skipped.
  mutating func decideStarts() -> Decision {
    let isRunning = !info.runningWorkflows.isEmpty
    var decision = Decision()
    var alone: BufferedStartRecord?
    var waiting: [BufferedStartRecord] = []
    for start in buffered {
      let policy = resolve(start.overlapPolicy)
      if policy == .allowAll {
        decision.starts.append((start, true))
        continue
      }
      if !isRunning, alone == nil {
        alone = start
        continue
      }
      switch policy {
      case .bufferOne where waiting.isEmpty, .bufferAll: waiting.append(start)
      case .cancelOther, .terminateOther:
        guard isRunning else {
          alone = start
          continue
        }
        if policy == .cancelOther { decision.cancelsRunning = true } else { decision.terminatesRunning = true }
        waiting.append(start)
      default: info.overlapSkipped += 1
      }
    }
    if decision.cancelsRunning || decision.terminatesRunning { decision.starts = [] }
    if let alone { decision.starts.append((alone, false)) }
    buffered = waiting
    return decision
  }

  /// Notes a run that was started.
  mutating func note(_ run: WorkflowExecutionMessage, of start: BufferedStartRecord, overlaps: Bool, at now: Int64) {
    info.actionCount += 1
    info.recentActions.append(
      .with {
        $0.scheduleTime = start.actualTime.timestamp
        $0.actualTime = now.timestamp
        $0.startWorkflowResult = run
        $0.startWorkflowStatus = .running
      })
    info.recentActions = info.recentActions.suffix(Self.recentActions)
    // Runs that may overlap are not watched.
    if !overlaps { info.runningWorkflows.append(run) }
  }

  /// Notes that a run which it watches has closed.
  mutating func noteClosed(_ run: Execution) {
    let workflowID = run.record.workflowID
    let status = run.record.status
    info.runningWorkflows.removeAll { $0.workflowID == workflowID }
    if let index = info.recentActions.firstIndex(where: { $0.startWorkflowResult.workflowID == workflowID }) {
      info.recentActions[index].startWorkflowStatus = status
    }
    if schedule.policies.pauseOnFailure, !schedule.state.paused, status == .failed || status == .timedOut {
      schedule.state.paused = true
      schedule.state.notes =
        status == .failed
        ? "paused due to workflow failure: \(workflowID): \(run.record.closeFailure.message)"
        : "paused due to workflow timeout: \(workflowID)"
      noteChange()
    }
    if run.record.hasCloseResult {
      lastResult = run.record.closeResult
      clearLastFailure()
    } else if run.record.hasCloseFailure {
      lastFailure = run.record.closeFailure
    }
  }
}
