internal import Foundation
internal import HindcastCore
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// Something that came to a run from outside.
struct RecordedDelivery: Sendable {
  enum Kind: Sendable {
    case signal(Temporal_Api_History_V1_WorkflowExecutionSignaledEventAttributes)
    case cancelRequest(reason: String)
    case termination(reason: String, details: Payloads?)
    case update(Temporal_Api_Update_V1_Request)
    /// The activity's last attempt ends.
    case activity(RecordedPart)
    case child(RecordedPart)
    /// What comes by itself: the event of this type with this number, from 1.
    case natural(EventType, count: Int)
  }

  var kind: Kind
  /// When, in nanoseconds since 1970.
  var time: Int64
}

/// An activity or a child: the n-th one of its type, from 0.
struct RecordedPart: Hashable, Sendable {
  var type: String
  var number: Int
}

/// How an activity or a child came out.
enum RecordedOutcome: Sendable {
  case completed(Payloads?)
  case failed(Failure)
  case canceled(Payloads?)
  /// It timed out, was terminated, or was still open when the recording ended.
  case none
}

/// One activity of a recording.
struct RecordedActivity: Sendable {
  var outcome = RecordedOutcome.none
  /// The attempt that came out so.
  var attempt: Int32 = 1
  /// What the attempts before failed with.
  var earlierFailure: Failure?
}

/// The events of a history by who caused them: what the world did, in the order of the workflow tasks that saw it.
struct RecordedScript: Sendable {
  /// What each workflow task saw, the last list what none saw.
  private(set) var batches: [[RecordedDelivery]] = []
  private(set) var activities: [String: [RecordedActivity]] = [:]
  private(set) var localActivities: [String: [RecordedOutcome]] = [:]
  private(set) var children: [String: [RecordedOutcome]] = [:]
  /// Workflows that took a signal or a cancel request of this one, in the order in which they did.
  private(set) var peers: [String] = []
  /// Custom search attributes, with the types that their values tell.
  private(set) var searchAttributes: [String: Temporal_Api_Enums_V1_IndexedValueType] = [:]

  private var current: [RecordedDelivery] = []
  private var counts: [EventType: Int] = [:]
  private var activityParts: [Int64: RecordedPart] = [:]
  private var childParts: [Int64: RecordedPart] = [:]
  private var childIDs: Set<String> = []
  private var targets: [Int64: String] = [:]
  private var updates: Set<String> = []
  private var lastTask: Int64 = 0

  init(_ events: [HistoryEvent]) throws(RecordingRefusal) {
    for event in events { try take(event) }
    batches.append(current)
    current = []
  }

  private mutating func take(_ event: HistoryEvent) throws(RecordingRefusal) {
    counts[event.eventType, default: 0] += 1
    switch event.attributes {
    case .workflowExecutionStartedEventAttributes(let started):
      note(started.searchAttributes.indexedFields)
    case .upsertWorkflowSearchAttributesEventAttributes(let upserted):
      note(upserted.searchAttributes.indexedFields)
    case .workflowTaskScheduledEventAttributes: lastTask = event.nanoseconds
    case .workflowTaskCompletedEventAttributes:
      batches.append(current)
      current = []
    case .workflowExecutionSignaledEventAttributes(let signaled): add(.signal(signaled), event)
    case .workflowExecutionCancelRequestedEventAttributes(let requested):
      add(.cancelRequest(reason: requested.cause), event)
    case .workflowExecutionTerminatedEventAttributes(let terminated):
      add(
        .termination(reason: terminated.reason, details: terminated.hasDetails ? terminated.details : nil), event)
    case .workflowExecutionUpdateAdmittedEventAttributes(let admitted):
      if updates.insert(admitted.request.meta.updateID).inserted { add(.update(admitted.request), event) }
    case .workflowExecutionUpdateAcceptedEventAttributes(let accepted): take(accepted)
    case .timerFiredEventAttributes, .activityTaskTimedOutEventAttributes,
      .childWorkflowExecutionStartedEventAttributes, .childWorkflowExecutionTimedOutEventAttributes,
      .startChildWorkflowExecutionFailedEventAttributes, .signalExternalWorkflowExecutionFailedEventAttributes,
      .requestCancelExternalWorkflowExecutionFailedEventAttributes:
      addNatural(event)
    case .workflowExecutionPausedEventAttributes, .workflowExecutionUnpausedEventAttributes,
      .workflowExecutionOptionsUpdatedEventAttributes, .workflowPropertiesModifiedExternallyEventAttributes,
      .activityPropertiesModifiedExternallyEventAttributes, .nexusOperationScheduledEventAttributes,
      .workflowExecutionTimeSkippingTransitionedEventAttributes, nil:
      throw RecordingRefusal(
        .unrepeatable,
        "event \(event.eventID), \(event.eventType.displayName), is nothing that the in-process server can do again")
    case .workflowTaskFailedEventAttributes(let failed) where failed.cause == .resetWorkflow:
      throw RecordingRefusal(
        .unrepeatable, "the run was reset at event \(event.eventID), and begins with the events of another run")
    default:
      if !takeActivity(event), !takeChild(event) { takePeer(event) }
    }
  }

  // MARK: Deliveries

  private mutating func add(_ kind: RecordedDelivery.Kind, _ event: HistoryEvent) {
    current.append(RecordedDelivery(kind: kind, time: event.nanoseconds))
  }

  private mutating func addNatural(_ event: HistoryEvent) {
    add(.natural(event.eventType, count: counts[event.eventType] ?? 1), event)
  }

  /// An update comes to the task that accepts it, which is complete by now.
  private mutating func take(_ accepted: Temporal_Api_History_V1_WorkflowExecutionUpdateAcceptedEventAttributes) {
    let request = accepted.acceptedRequest
    guard !batches.isEmpty, accepted.hasAcceptedRequest, updates.insert(request.meta.updateID).inserted else { return }
    batches[batches.count - 1].append(RecordedDelivery(kind: .update(request), time: lastTask))
  }

  private mutating func note(_ fields: [String: Payload]) {
    for (name, payload) in fields where name != "BuildIds" && !name.hasPrefix("Temporal") {
      let type = payload.metadata["type"].map { String(decoding: $0, as: UTF8.self) } ?? "Keyword"
      searchAttributes[name] = Self.attributeTypes[type] ?? .keyword
    }
  }

  private static let attributeTypes: [String: Temporal_Api_Enums_V1_IndexedValueType] = [
    "Text": .text, "Keyword": .keyword, "Int": .int, "Double": .double, "Bool": .bool, "Datetime": .datetime,
    "KeywordList": .keywordList,
  ]

  // MARK: Activities

  private mutating func takeActivity(_ event: HistoryEvent) -> Bool {
    switch event.attributes {
    case .activityTaskScheduledEventAttributes(let scheduled):
      let type = scheduled.activityType.name
      activityParts[event.eventID] = RecordedPart(type: type, number: activities[type]?.count ?? 0)
      activities[type, default: []].append(RecordedActivity())
    case .activityTaskStartedEventAttributes(let started):
      change(started.scheduledEventID) {
        $0.attempt = max(1, started.attempt)
        $0.earlierFailure = started.hasLastFailure ? started.lastFailure : nil
      }
    case .activityTaskCompletedEventAttributes(let completed):
      end(completed.scheduledEventID, .completed(completed.hasResult ? completed.result : nil), event)
    case .activityTaskFailedEventAttributes(let failed):
      end(failed.scheduledEventID, .failed(failed.failure), event)
    case .activityTaskCanceledEventAttributes(let canceled):
      end(canceled.scheduledEventID, .canceled(canceled.hasDetails ? canceled.details : nil), event)
    case .markerRecordedEventAttributes(let marker) where marker.markerName == "LocalActivity": takeLocal(marker)
    default: return false
    }
    return true
  }

  private mutating func change(_ scheduled: Int64, _ body: (inout RecordedActivity) -> Void) {
    guard let part = activityParts[scheduled] else { return }
    body(&activities[part.type, default: []][part.number])
  }

  private mutating func end(_ scheduled: Int64, _ outcome: RecordedOutcome, _ event: HistoryEvent) {
    guard let part = activityParts[scheduled] else { return }
    change(scheduled) { $0.outcome = outcome }
    add(.activity(part), event)
  }

  /// What the marker of a local activity holds beside its result, as the Go SDK writes it.
  private struct LocalActivityData: Decodable {
    var type: String?

    enum CodingKeys: String, CodingKey { case type = "ActivityType" }
  }

  private mutating func takeLocal(_ marker: Temporal_Api_History_V1_MarkerRecordedEventAttributes) {
    guard let payload = marker.details["data"]?.payloads.first,
      let type = try? JSONDecoder().decode(LocalActivityData.self, from: payload.data).type
    else { return }
    localActivities[type, default: []].append(
      marker.hasFailure ? .failed(marker.failure) : .completed(marker.details["result"]))
  }

  // MARK: Children and peers

  private mutating func takeChild(_ event: HistoryEvent) -> Bool {
    switch event.attributes {
    case .startChildWorkflowExecutionInitiatedEventAttributes(let initiated):
      let type = initiated.workflowType.name
      childParts[event.eventID] = RecordedPart(type: type, number: children[type]?.count ?? 0)
      childIDs.insert(initiated.workflowID)
      children[type, default: []].append(.none)
    case .childWorkflowExecutionCompletedEventAttributes(let completed):
      endChild(completed.initiatedEventID, .completed(completed.hasResult ? completed.result : nil), event)
    case .childWorkflowExecutionFailedEventAttributes(let failed):
      endChild(failed.initiatedEventID, .failed(failed.failure), event)
    case .childWorkflowExecutionCanceledEventAttributes(let canceled):
      endChild(canceled.initiatedEventID, .canceled(canceled.hasDetails ? canceled.details : nil), event)
    case .childWorkflowExecutionTerminatedEventAttributes(let terminated):
      endChild(terminated.initiatedEventID, .none, event)
    default: return false
    }
    return true
  }

  private mutating func endChild(_ initiated: Int64, _ outcome: RecordedOutcome, _ event: HistoryEvent) {
    guard let part = childParts[initiated] else { return }
    children[part.type]?[part.number] = outcome
    add(.child(part), event)
  }

  private mutating func takePeer(_ event: HistoryEvent) {
    switch event.attributes {
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let initiated):
      targets[event.eventID] = initiated.workflowExecution.workflowID
    case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let initiated):
      targets[event.eventID] = initiated.workflowExecution.workflowID
    case .externalWorkflowExecutionSignaledEventAttributes(let signaled): reached(signaled.initiatedEventID, event)
    case .externalWorkflowExecutionCancelRequestedEventAttributes(let requested):
      reached(requested.initiatedEventID, event)
    default: break
    }
  }

  private mutating func reached(_ initiated: Int64, _ event: HistoryEvent) {
    addNatural(event)
    guard let target = targets[initiated], !childIDs.contains(target), !peers.contains(target) else { return }
    peers.append(target)
  }
}
