internal import Foundation
internal import HindcastHistory
internal import HindcastWorker
internal import SwiftProtobuf
internal import TemporalAPI

/// An activity that no workflow asked for: the environment is its server.
struct LoneActivity {
  typealias Listener = @Sendable (Payloads?) -> ActivityCancellation?

  var info: ActivityInfo
  let input: Payloads?
  let header: Temporal_Api_Common_V1_Header?
  /// When it is told to stop, in nanoseconds after its beginning, and why.
  private let cancelled: (after: Int64, reason: ActivityCancellation)?
  let listener: Listener
  /// What it came to.
  var result: Result<Payloads?, ActivityError>?
  private var start: Int64 = 0
  private var lastHeartbeat: Int64 = 0
  private var isTold = false

  init(
    _ type: String, _ info: ActivityInfo, input: Payloads?, header: Temporal_Api_Common_V1_Header?,
    cancelled: (after: Int64, reason: ActivityCancellation)?, listener: @escaping Listener
  ) {
    self.info = info
    self.info.type = type
    self.input = input
    self.header = header
    self.cancelled = cancelled
    self.listener = listener
  }

  /// Fills in what the test left open.
  mutating func begin(_ number: Int, at now: Int64, queue: String, namespace: String) {
    start = now
    lastHeartbeat = now
    let time = Google_Protobuf_Timestamp(
      seconds: now / 1_000_000_000, nanos: Int32(now % 1_000_000_000))
    info.scheduledTime = time
    info.startedTime = time
    if info.activityID.isEmpty { info.activityID = "\(number)" }
    if info.taskQueue.isEmpty { info.taskQueue = queue }
    if info.namespace.isEmpty { info.namespace = namespace }
    if info.workflowType.isEmpty { info.workflowType = "test" }
    if info.execution.workflowID.isEmpty { info.execution.workflowID = "test" }
    if info.execution.runID.isEmpty { info.execution.runID = "00000000-0000-4000-8000-000000000000" }
  }

  mutating func noteHeartbeat(at now: Int64) { lastHeartbeat = now }

  /// When it is to be told to stop, if nothing happens before; the first of what is due counts.
  private var due: (time: Int64, reason: ActivityCancellation)? {
    guard result == nil, !isTold else { return nil }
    var all: [(time: Int64, reason: ActivityCancellation)] = []
    if let cancelled { all.append((Self.sum(start, cancelled.after), cancelled.reason)) }
    for timeout in [info.startToCloseTimeout, info.scheduleToCloseTimeout] where timeout > .zero {
      all.append((Self.sum(start, timeout.nanoseconds), .timedOut))
    }
    if info.heartbeatTimeout > .zero {
      all.append((Self.sum(lastHeartbeat, info.heartbeatTimeout.nanoseconds), .timedOut))
    }
    return all.min { $0.time < $1.time }
  }

  var nextDue: Int64? { due?.time }

  /// Why it is to stop, once it is time.
  mutating func takeCancellation(at now: Int64) -> ActivityCancellation? {
    guard let due, due.time <= now else { return nil }
    isTold = true
    return due.reason
  }

  private static func sum(_ start: Int64, _ span: Int64) -> Int64 {
    let (sum, overflows) = start.addingReportingOverflow(span)
    return overflows ? .max : sum
  }
}

extension TestEnvironment {
  /// Runs an activity that no workflow asked for.
  ///
  /// - Throws: ``TestEnvironmentError`` when nothing registered it, or it waits for what nothing will bring.
  func run(_ activity: LoneActivity) async throws -> Result<Payloads?, ActivityError> {
    lastActivity += 1
    let number = lastActivity
    let type = activity.info.type
    guard
      let worker = workers.first(where: { $0.activities?.activityTypes.contains(type) == true })
        ?? mockWorker(for: type)
    else {
      throw TestEnvironmentError.activityNotRegistered(
        type, workflowID: "test", registered: workers.flatMap { $0.activities?.activityTypes ?? [] })
    }
    var activity = activity
    activity.begin(number, at: now, queue: worker.taskQueue, namespace: worker.namespace)
    let stage = stage
    let context = ActivityContext(
      info: activity.info, input: activity.input, header: activity.header, log: worker.log, clock: stage,
      beat: { stage.heartbeat(number, $0) })
    if let reason = activity.takeCancellation(at: now) { context.cancel(reason) }
    lone[number] = activity
    defer { lone[number] = nil }
    _ = enter(context, number, worker)
    guard try await run(until: { lone[number]?.result != nil }), let result = lone[number]?.result else {
      context.cancel(.workerStopped)
      throw TestEnvironmentError.functionStuck(type)
    }
    return result
  }

  private func mockWorker(for type: String) -> WorkerConfiguration? {
    activities.body(for: type) == nil ? nil : workers.first
  }

  /// Takes what an activity has to say that no workflow asked for; `false` if it is another one's.
  func takeLone(_ event: ActivityStage.Event) -> Bool {
    switch event {
    case .heartbeat(let number, let details):
      guard let activity = lone[number] else { return false }
      lone[number]?.noteHeartbeat(at: now)
      if let reason = activity.listener(details) { stage.cancel(number, reason) }
    case .ended(let number, let result):
      guard lone[number] != nil else { return false }
      lone[number]?.result = result
    }
    return true
  }

  /// Tells the activities to stop whose time has come.
  func cancelLone() {
    for number in lone.keys.sorted() {
      if let reason = lone[number]?.takeCancellation(at: now) { stage.cancel(number, reason) }
    }
  }
}
