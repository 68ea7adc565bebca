internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// An update that a run has taken and no worker has accepted.
///
/// It lives in memory only: nothing is stored of it before it is accepted (`server.md` 13).
struct AdmittedUpdate: Equatable, Sendable {
  var id: String
  /// What the worker is sent; `nil` where an event in the history has it already (after a reset).
  var request: UpdateRequest?
  /// The stamp of the last workflow task that took it to a worker; `nil` before the first.
  var taskStamp: Int64?

  var isSent: Bool { taskStamp != nil }
}

/// How far an update is.
enum UpdateState: Equatable, Sendable {
  case admitted
  case accepted
  case completed(UpdateOutcome)

  var stage: UpdateLifecycleStage {
    switch self {
    case .admitted: .admitted
    case .accepted: .accepted
    case .completed: .completed
    }
  }

  var outcome: UpdateOutcome? {
    if case .completed(let outcome) = self { outcome } else { nil }
  }
}

/// What became of an update, for those who wait for it.
enum UpdateResult: Equatable, Sendable {
  case reached(UpdateState)
  /// The update is gone without an outcome.
  case aborted(ServiceError)
}

extension Execution {
  /// How far an update is; `nil` if the run does not know it.
  ///
  /// One that was accepted and not completed when the run closed has failed (`server.md` 13).
  func state(ofUpdate id: String) -> UpdateState? {
    if admittedUpdates.contains(where: { $0.id == id }) { return .admitted }
    guard let update = updates[id] else { return nil }
    switch update.stage {
    case .accepted: return isRunning ? .accepted : .completed(.with { $0.failure = .updateOutlivedWorkflow })
    case .completed: return .completed(update.outcome)
    default: return nil
    }
  }

  /// Updates that have no outcome yet.
  var updatesInFlight: Int { admittedUpdates.count + updates.values.count { $0.stage == .accepted } }

  /// Updates that count against the limit of a run: those without outcome and those that have one.
  var updateCount: Int { updates.values.count { $0.stage != .admitted } + admittedUpdates.count }

  /// Fills in the updates that an event in the history admitted and nobody has accepted.
  mutating func restoreAdmittedUpdates() {
    let admitted = updates.values.filter { $0.stage == .admitted }
    admittedUpdates = admitted.sorted { $0.admittedEventID < $1.admittedEventID }.map {
      AdmittedUpdate(id: $0.updateID)
    }
  }
}

// MARK: What events tell

extension Execution {
  mutating func applyUpdateAdmitted(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowExecutionUpdateAdmittedEventAttributes
  ) {
    let id = attributes.request.meta.updateID
    updates[id] = .with {
      $0.updateID = id
      $0.stage = .admitted
      $0.admittedEventID = event.eventID
    }
    admittedUpdates.append(AdmittedUpdate(id: id))
    note(request: attributes.request.requestID, of: event)
  }

  mutating func applyUpdateAccepted(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowExecutionUpdateAcceptedEventAttributes
  ) {
    let id = attributes.protocolInstanceID
    admittedUpdates.removeAll { $0.id == id }
    var update = updates[id] ?? UpdateRecord()
    update.updateID = id
    update.stage = .accepted
    update.acceptedEventID = event.eventID
    updates[id] = update
    note(request: attributes.acceptedRequest.requestID, of: event)
  }

  mutating func applyUpdateCompleted(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowExecutionUpdateCompletedEventAttributes
  ) {
    updates.update(attributes.meta.updateID) {
      $0.stage = .completed
      $0.completedEventID = event.eventID
      $0.outcome = attributes.outcome
    }
  }
}
