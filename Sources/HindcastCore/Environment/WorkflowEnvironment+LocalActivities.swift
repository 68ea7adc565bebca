import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// Local activities that code has asked for and that have no result yet.
struct LocalActivityRecord {
  struct Pending {
    var request: LocalActivityRequest
    var operation: OperationID
    var location: SourceLocation?
  }

  var counter = 0
  var pending: [String: Pending] = [:]
  /// What nobody was told to start yet, in the order in which the code asked.
  var unstarted: [String] = []
  var cancellations: [String] = []
}

extension WorkflowEnvironment {
  /// Asks for a local activity, which runs within the workflow task; while replaying its result comes from its marker. The
  /// operation gets a `.completed`, `.failed` or `.retry` resolution.
  public func executeLocalActivity(_ request: LocalActivityRequest) -> LocalActivityHandle {
    localActivities.counter += 1
    let id = String(localActivities.counter)
    let operation = newOperation()
    var request = request
    request.id = id
    request.scheduledTime = request.scheduledTime ?? now
    localActivities.pending[id] = .init(request: request, operation: operation, location: instance?.currentLocation)
    localActivities.unstarted.append(id)
    return LocalActivityHandle(operation: operation, id: id)
  }

  /// Asks for a local activity to stop. Its operation is resolved when it has.
  public func cancelLocalActivity(_ activity: LocalActivityHandle) {
    guard localActivities.pending[activity.id] != nil else { return }
    localActivities.cancellations.append(activity.id)
  }

  /// What is to be started and cancelled since this was asked last.
  func takeLocalActivityOrders() -> LocalActivityOrders {
    defer { (localActivities.unstarted, localActivities.cancellations) = ([], []) }
    let starts = localActivities.unstarted.compactMap { id -> LocalActivityRequest? in
      guard var request = localActivities.pending[id]?.request else { return nil }
      request.age = request.scheduledTime.map { now.duration(since: $0) } ?? .zero
      return request
    }
    return LocalActivityOrders(
      starts: starts,
      cancellations: localActivities.cancellations.filter { localActivities.pending[$0] != nil })
  }

  /// Records how a local activity came out, at a time that replays will see as well; the code runs on.
  func finishLocalActivity(
    _ id: String, _ outcome: LocalActivityOutcome, at time: WorkflowTime
  ) throws(TaskFailure) {
    guard let pending = localActivities.pending[id] else { return }
    var marker = Temporal_Api_History_V1_MarkerRecordedEventAttributes()
    marker.markerName = Marker.localActivity
    marker.details["data"] = JSONPayload.payloads(
      LocalActivityMarker.payload(id: id, type: pending.request.type, outcome, at: time))
    switch outcome.result {
    case .success(let result?): marker.details["result"] = result
    case .success(nil): break
    case .failure(let failed): marker.failure = failed.failure
    }
    try apply(localActivityMarker: marker, eventID: 0)
  }

  /// Applies a `LocalActivity` marker: the code that waits for it runs on, at the time that the marker gives.
  func apply(
    localActivityMarker attributes: Temporal_Api_History_V1_MarkerRecordedEventAttributes, eventID: Int64
  ) throws(TaskFailure) {
    let details = attributes.details
    let data = try Marker.value("data", in: details, of: Marker.localActivity, eventID: eventID)
    let marker = data.payloads.first.flatMap { try? JSONDecoder().decode(LocalActivityMarker.self, from: $0.data) }
    guard let marker else {
      throw TaskFailure(.unreadableHistory, "marker name \"LocalActivity\" for eventId \(eventID): unable to decode")
    }
    guard let pending = localActivities.pending.removeValue(forKey: marker.ActivityID) else { return }
    localActivities.unstarted.removeAll { $0 == marker.ActivityID }
    if let type = marker.ActivityType, !type.isEmpty, type != pending.request.type {
      var failure = TaskFailure.illegalState(
        "code executed local activity \(pending.request.type), but history event found \(type)",
        rule: .localActivityChanged)
      failure.location = pending.location
      throw failure
    }
    let issued = IssuedCommand(
      command: .with {
        $0.commandType = .recordMarker
        $0.recordMarkerCommandAttributes = .with {
          $0.markerName = Marker.localActivity
          $0.details = details
          if attributes.hasFailure { $0.failure = attributes.failure }
        }
        if let summary = pending.request.summary { $0.userMetadata.summary = summary }
      }, location: pending.location)
    _ = try ledger.nextID()
    try ledger.add(CommandMachine(.marker, id: "LocalActivity_\(marker.ActivityID)", issued: issued))
    try instance?.resolve(pending.operation, with: marker.resolution(attributes))
    if let time = marker.replayTime { advance(to: time) }
    try instance?.workflowTaskStarted()
  }

  /// The ID of the local activity of a type (nil: any) that code asked for first, of those without a result.
  func oldestLocalActivity(of type: String?) -> String? {
    localActivities.pending.filter { type == nil || $0.value.request.type == type }
      .min { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }?.key
  }

  /// Moves the clock forward; it never goes back.
  func advance(to time: WorkflowTime) {
    if time > now { now = time }
  }
}

/// The JSON that the Go SDK writes into a local activity's marker.
// swift-format-ignore: AlwaysUseLowerCamelCase
private struct LocalActivityMarker: Decodable {
  var ActivityID: String
  var ActivityType: String?
  var ReplayTime: String?
  var Attempt: Int32?
  /// Nanoseconds until the next attempt.
  var Backoff: Int64?

  var replayTime: WorkflowTime? {
    guard let text = ReplayTime else { return nil }
    return WorkflowTime(rfc3339: text)
  }

  func resolution(_ attributes: Temporal_Api_History_V1_MarkerRecordedEventAttributes) -> Resolution {
    guard attributes.hasFailure else { return .completed(attributes.details["result"]) }
    let isCanceled = if case .canceledFailureInfo? = attributes.failure.failureInfo { true } else { false }
    if let backoff = Backoff, backoff > 0, !isCanceled {
      return .retry(attempt: (Attempt ?? 1) + 1, nanoseconds: backoff)
    }
    return .failed(attributes.failure)
  }

  /// The fields in the order in which Go writes them.
  static func payload(
    id: String, type: String, _ outcome: LocalActivityOutcome, at time: WorkflowTime
  ) -> Temporal_Api_Common_V1_Payload {
    let timestamp = Google_Protobuf_Timestamp(seconds: time.seconds, nanos: time.nanoseconds)
    let replayTime = (try? timestamp.jsonString()) ?? JSONPayload.quoted("0001-01-01T00:00:00Z")
    return JSONPayload.payload(
      json: "{\"ActivityID\":\(JSONPayload.quoted(id)),\"ActivityType\":\(JSONPayload.quoted(type)),"
        + "\"ReplayTime\":\(replayTime),\"Attempt\":\(outcome.attempt),\"Backoff\":\(outcome.backoffNanoseconds)}")
  }
}

/// A local activity as its marker tells of it.
struct RecordedLocalActivity {
  /// The activity's type.
  var type: String
  /// How it came out.
  var outcome: LocalActivityOutcome

  /// Reads a marker; nil for any other event.
  init?(_ event: HistoryEvent) {
    guard event.eventType == .markerRecorded else { return nil }
    let attributes = event.markerRecordedEventAttributes
    guard let marker = LocalActivityMarker(attributes.markerName, attributes.details) else { return nil }
    type = marker.ActivityType ?? ""
    outcome = LocalActivityOutcome(
      attributes.hasFailure
        ? .failure(LocalActivityFailure(attributes.failure)) : .success(attributes.details["result"]),
      attempt: marker.Attempt ?? 1, backoffNanoseconds: marker.Backoff ?? 0)
  }

  /// The type of the local activity whose marker a command records; nil for any other command.
  static func type(of issued: IssuedCommand) -> String? {
    guard case .recordMarkerCommandAttributes(let attributes)? = issued.command.attributes else { return nil }
    return LocalActivityMarker(attributes.markerName, attributes.details).map { $0.ActivityType ?? "" }
  }
}

extension LocalActivityMarker {
  fileprivate init?(_ name: String, _ details: [String: Temporal_Api_Common_V1_Payloads]) {
    guard name == Marker.localActivity, let data = details["data"]?.payloads.first?.data,
      let marker = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = marker
  }
}
