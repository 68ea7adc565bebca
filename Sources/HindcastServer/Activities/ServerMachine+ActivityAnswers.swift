internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What workers and others say of an activity (`server.md` 6): by the token of an attempt, or by the activity's id.

/// What is said of an activity.
enum ActivityAnswer: Sendable {
  case heartbeat(Payloads?)
  case completed(Payloads?)
  case failed(Failure?, lastHeartbeatDetails: Payloads?)
  case canceled(Payloads?)
}

/// Which activity is meant.
struct ActivityTarget: Sendable {
  enum Kind: Sendable {
    /// An activity of a run, or the attempt of it that a worker has.
    case ofRun(String, Which)
    /// An activity without a workflow; its attempt if a token names one.
    case standalone(runID: String, attempt: Int32?)
  }

  enum Which: Sendable {
    case attempt(scheduledEventID: Int64, Int32)
    case id(String)
  }

  var kind: Kind
}

/// What a worker learns from a heartbeat.
struct HeartbeatAnswer: Sendable, Equatable {
  var cancelRequested = false
  var isPaused = false
  var isReset = false
}

extension ServerMachine {
  /// Carries out what is said of an activity.
  mutating func answerActivity(
    _ target: ActivityTarget, _ answer: ActivityAnswer, by worker: ActivityWorker, _ turn: inout Turn
  ) throws(ServiceError) -> HeartbeatAnswer {
    // A heartbeat's is not stored.
    if case .heartbeat = answer {} else { try checkLength(worker.identity, of: "Identity") }
    switch target.kind {
    case .ofRun(let runID, let which):
      return try answerActivity(of: runID, which, answer, by: worker, &turn)
    case .standalone(let runID, let attempt):
      return try answerStandaloneActivity(runID, attempt: attempt, answer, by: worker, &turn)
    }
  }

  private mutating func answerActivity(
    of runID: String, _ which: ActivityTarget.Which, _ answer: ActivityAnswer, by worker: ActivityWorker,
    _ turn: inout Turn
  ) throws(ServiceError) -> HeartbeatAnswer {
    guard let execution = executions[runID] else { throw .runNotFound }
    guard execution.isRunning else { throw .alreadyCompleted }
    let activity: ActivityRecord
    switch which {
    case .attempt(let scheduledEventID, let attempt):
      guard let found = execution.activities[scheduledEventID], found.isStarted, found.attempt == attempt else {
        throw .activityTaskNotFound
      }
      activity = found
    case .id(let id):
      guard let key = execution.activities.key(named: id), let found = execution.activities[key] else {
        throw .notFound(
          "cannot find pending activity with ActivityID \(id), check workflow execution history for more details")
      }
      // Only a result is taken for an activity that nobody has.
      if case .completed = answer {} else if !found.isStarted { throw .activityTaskNotFound }
      activity = found
    }
    if case .canceled = answer, !activity.cancelRequested { throw .activityNotCancelRequested }
    try change(runID, &turn) { $0.carryOut(answer, for: activity.scheduledEventID, by: worker) }
    return activity.heartbeatAnswer
  }

  // MARK: Targets

  /// The attempt that a token names.
  func target(_ data: Data, _ namespace: String) throws(ServiceError) -> ActivityTarget {
    let token = try TaskToken(data, .activity, .standaloneActivity)
    let owner: String?
    let kind: ActivityTarget.Kind
    if token.kind == .standaloneActivity {
      owner = standaloneActivities[token.runID]?.namespace
      kind = .standalone(runID: token.runID, attempt: token.attempt)
    } else {
      owner = executions[token.runID]?.record.namespace
      kind = .ofRun(token.runID, .attempt(scheduledEventID: token.scheduledEventID, token.attempt))
    }
    if !namespace.isEmpty {
      try checkNamespace(namespace)
      if let owner, owner != namespace {
        throw .invalidArgument("Operation requested with a token from a different namespace.")
      }
    }
    return ActivityTarget(kind: kind)
  }

  /// The activity with an id; without a workflow id one that has no workflow.
  func target(
    namespace: String, workflowID: String, runID: String, activityID: String
  ) throws(ServiceError) -> ActivityTarget {
    try checkNamespace(namespace)
    if activityID.isEmpty { throw .invalidArgument("ActivityId is not set on request.") }
    if workflowID.isEmpty {
      let activity = try standaloneActivity(activityID, runID: runID, in: namespace)
      return ActivityTarget(kind: .standalone(runID: activity.runID, attempt: nil))
    }
    let execution = WorkflowExecutionMessage.with {
      $0.workflowID = workflowID
      $0.runID = runID
    }
    return ActivityTarget(kind: .ofRun(try run(execution, in: namespace).runID, .id(activityID)))
  }
}

extension RunTransaction {
  fileprivate mutating func carryOut(
    _ answer: ActivityAnswer, for scheduledEventID: Int64, by worker: ActivityWorker
  ) {
    switch answer {
    case .heartbeat(let details):
      execution.activities.update(scheduledEventID) {
        $0.recordProgress(details, identity: worker.identity, at: now)
      }
    case .completed(let result):
      completeActivity(scheduledEventID, result: result, by: worker)
    case .failed(let failure, let details):
      failActivity(scheduledEventID, failure: failure, lastHeartbeatDetails: details, by: worker)
    case .canceled(let details):
      reportActivityCanceled(scheduledEventID, details: details, by: worker)
    }
  }
}

extension ActivityRecord {
  /// What a heartbeat tells the worker.
  var heartbeatAnswer: HeartbeatAnswer {
    HeartbeatAnswer(cancelRequested: cancelRequested, isPaused: paused, isReset: resetRequested)
  }
}

extension ActivityAnswer {
  /// The answer as it is taken: what is too large becomes a failure that says so (`server.md` 17).
  ///
  /// - Parameter failures: What the worker is told about that.
  func bounded(_ limits: Limits, telling failures: inout [Failure]) -> Self {
    func isTooLarge(_ payloads: Payloads?) -> Bool { (payloads?.byteCount ?? 0) > limits.blobBytes }
    switch self {
    case .heartbeat(let details):
      return isTooLarge(details) ? .failed(.heartbeatTooLarge, lastHeartbeatDetails: nil) : self
    case .completed(let result):
      return isTooLarge(result)
        ? .failed(.server("Complete result exceeds size limit.", nonRetryable: true), lastHeartbeatDetails: nil) : self
    case .canceled(let details):
      return isTooLarge(details)
        ? .failed(.server("Cancel details exceed size limit.", nonRetryable: true), lastHeartbeatDetails: nil) : self
    case .failed(var failure, var details):
      if isTooLarge(details) {
        failures.append(.heartbeatTooLarge)
        details = nil
      }
      if let given = failure, given.byteCount > limits.blobBytes {
        var bounded = Failure.server(Failure.tooLarge, nonRetryable: true)
        bounded.cause = given.truncated(to: limits.blobWarningBytes)
        failures.append(bounded)
        failure = bounded
      }
      return .failed(failure, lastHeartbeatDetails: details)
    }
  }
}

extension Failure {
  fileprivate static let heartbeatTooLarge = server("Heartbeat details exceed size limit.", nonRetryable: true)
}

extension ServiceError {
  static let activityTaskNotFound = notFound(
    "invalid activityID or activity already timed out or invoking workflow is completed")
  static let activityNotFound = notFound(
    "Can't find pending activity with such ID. Invalid activityID or activity already completed")
  static let activityNotCancelRequested = invalidArgument(
    "unable to mark activity as canceled without activity being request canceled first")
}
