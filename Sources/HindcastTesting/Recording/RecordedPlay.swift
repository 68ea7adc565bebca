internal import Foundation
internal import HindcastHistory
internal import HindcastWorker
internal import SwiftProtobuf
private import Synchronization
internal import TemporalAPI
internal import TemporalServiceAPI

/// What stands in for the activities and children of a run that is recorded anew: each waits until its turn in the recording
/// has come, and then ends as it did.
final class RecordedPlay: Sendable {
  /// What an activity's code comes to.
  typealias ActivityResult = Result<Payloads?, ActivityError>

  private struct State {
    var runID = ""
    /// Numbers by type and activity id or workflow id.
    var numbers: [String: [String: Int]] = [:]
    /// Activities whose last attempt waits for its turn.
    var waiting: [RecordedPart: ActivityContext] = [:]
    /// Children that are started and open, by what the recording knows them as.
    var children: [RecordedPart: String] = [:]
    var parts: [String: RecordedPart] = [:]
    var released: Set<RecordedPart> = []
    var releasedChildren: Set<RecordedPart> = []
    var locals: [String: Int] = [:]
  }

  private let script: RecordedScript
  private let workflowID: String
  private let state = Mutex(State())

  init(_ script: RecordedScript, workflowID: String) {
    self.script = script
    self.workflowID = workflowID
  }

  /// The run that the recording is of: what follows it is not in the recording.
  func begin(runID: String) { state.withLock { $0.runID = runID } }

  // MARK: Activities

  /// What plays an attempt of an activity; nil where the recording does not have the activity.
  func body(for activity: ActivityContext, isLocal: Bool) -> (@Sendable () -> ActivityResult)? {
    let info = activity.info
    guard info.execution.workflowID == workflowID, state.withLock({ $0.runID == info.execution.runID }) else {
      return nil
    }
    if isLocal { return localBody(info) }
    let known = script.activities[info.type] ?? []
    let number = number(of: info.activityID, type: "activity \(info.type)")
    guard number < known.count else { return nil }
    let recorded = known[number]
    if info.attempt < recorded.attempt {
      // A timed out attempt has to be waited for again.
      guard let failure = recorded.earlierFailure, !failure.isTimeout else {
        return { Self.hang(activity) }
      }
      return { .failure(.failed(failure)) }
    }
    let part = RecordedPart(type: info.type, number: number)
    if case .none = recorded.outcome { return { Self.hang(activity) } }
    state.withLock { $0.waiting[part] = activity }
    return { [self] in wait(activity, part, recorded.outcome) }
  }

  private func localBody(_ info: ActivityInfo) -> (@Sendable () -> ActivityResult)? {
    let known = script.localActivities[info.type] ?? []
    // Their attempts are within the task, and only how the last one ended is recorded.
    let number = number(of: info.activityID, type: "local \(info.type)")
    guard number < known.count else { return nil }
    return { Self.result(of: known[number]) }
  }

  private func number(of id: String, type: String) -> Int {
    state.withLock { state in
      if let number = state.numbers[type]?[id] { return number }
      let number = state.numbers[type]?.count ?? 0
      state.numbers[type, default: [:]][id] = number
      return number
    }
  }

  private func wait(_ activity: ActivityContext, _ part: RecordedPart, _ outcome: RecordedOutcome) -> ActivityResult {
    let heartbeat = activity.info.heartbeatTimeout
    while !state.withLock({ $0.released.contains(part) }), activity.cancellation == nil {
      guard heartbeat > .zero else {
        _ = activity.waitUntilWoken(for: nil)
        continue
      }
      _ = activity.waitUntilWoken(for: heartbeat / 2)
      activity.heartbeat()
    }
    state.withLock { $0.waiting[part] = nil }
    return Self.result(of: outcome)
  }

  /// Waits for the timeout that comes in the recording, or for nothing.
  private static func hang(_ activity: ActivityContext) -> ActivityResult {
    while activity.cancellation == nil { _ = activity.waitUntilWoken(for: nil) }
    return .failure(.canceled(details: nil))
  }

  private static func result(of outcome: RecordedOutcome) -> ActivityResult {
    switch outcome {
    case .completed(let result): .success(result)
    case .failed(let failure): .failure(.failed(failure))
    case .canceled(let details): .failure(.canceled(details: details))
    case .none: .failure(.canceled(details: nil))
    }
  }

  /// Whether the activity is at the attempt whose end is recorded.
  func isWaiting(_ part: RecordedPart) -> Bool { state.withLock { $0.waiting[part] != nil } }

  /// Lets an activity end, now or as soon as it is asked for.
  func release(_ part: RecordedPart) {
    let activity = state.withLock { state in
      state.released.insert(part)
      return state.waiting[part]
    }
    activity?.wakeUp()
  }

  // MARK: Children

  /// The commands with which a child answers a workflow task; nil where it is none that the recording has.
  func commands(for task: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse) -> [Command]? {
    let id = task.workflowExecution.workflowID
    guard let part = part(of: task, id), !task.hasQuery else { return nil }
    guard state.withLock({ $0.releasedChildren.contains(part) }),
      let outcome = script.children[part.type]?[part.number]
    else { return [] }
    state.withLock { $0.children[part] = nil }
    return Self.command(for: outcome).map { [$0] } ?? []
  }

  private func part(of task: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse, _ id: String)
    -> RecordedPart?
  {
    if let known = state.withLock({ $0.parts[id] }) { return known }
    guard case .workflowExecutionStartedEventAttributes(let started)? = task.history.events.first?.attributes,
      started.parentWorkflowExecution.workflowID == workflowID,
      state.withLock({ $0.runID == started.parentWorkflowExecution.runID })
    else { return nil }
    let type = task.workflowType.name
    let part = RecordedPart(type: type, number: number(of: id, type: "child \(type)"))
    guard part.number < script.children[type]?.count ?? 0 else { return nil }
    state.withLock {
      $0.parts[id] = part
      $0.children[part] = id
    }
    return part
  }

  private static func command(for outcome: RecordedOutcome) -> Command? {
    switch outcome {
    case .completed(let result):
      .with {
        $0.commandType = .completeWorkflowExecution
        $0.completeWorkflowExecutionCommandAttributes = .with { if let result { $0.result = result } }
      }
    case .failed(let failure):
      .with {
        $0.commandType = .failWorkflowExecution
        $0.failWorkflowExecutionCommandAttributes = .with { $0.failure = failure }
      }
    case .canceled(let details):
      .with {
        $0.commandType = .cancelWorkflowExecution
        $0.cancelWorkflowExecutionCommandAttributes = .with { if let details { $0.details = details } }
      }
    case .none: nil
    }
  }

  /// The workflow id of a child that is started and has not ended.
  func openChild(_ part: RecordedPart) -> String? { state.withLock { $0.children[part] } }

  /// Lets a child end at its next task. What ended otherwise than by its own doing is terminated.
  func releaseChild(_ part: RecordedPart) -> (workflowID: String, isTerminated: Bool)? {
    state.withLock { state in
      state.releasedChildren.insert(part)
      guard let id = state.children[part] else { return nil }
      if case .none? = script.children[part.type]?[part.number] { return (id, true) }
      return (id, false)
    }
  }
}

extension Failure {
  /// Whether an attempt took too long.
  fileprivate var isTimeout: Bool {
    if case .timeoutFailureInfo? = failureInfo { true } else { false }
  }
}
