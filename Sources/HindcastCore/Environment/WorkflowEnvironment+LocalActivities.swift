import Foundation
import SwiftProtobuf
import TemporalAPI

/// Local activities that code has asked for and that have no result yet.
struct LocalActivityRecord {
  struct Pending {
    var type: String
    var operation: OperationID
    var location: SourceLocation?
  }

  var counter = 0
  var pending: [String: Pending] = [:]
}

extension WorkflowEnvironment {
  /// Asks for a local activity; while replaying its result comes from its marker, as a `.completed` or `.failed` resolution.
  /// - Returns: the operation, and the id under which the marker names it.
  public func executeLocalActivity(type: String) -> (operation: OperationID, id: String) {
    localActivities.counter += 1
    let id = String(localActivities.counter)
    let operation = newOperation()
    localActivities.pending[id] = .init(type: type, operation: operation, location: instance?.currentLocation)
    return (operation, id)
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
    if let type = marker.ActivityType, !type.isEmpty, type != pending.type {
      var failure = TaskFailure.illegalState(
        "code executed local activity \(pending.type), but history event found \(type)",
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
      }, location: pending.location)
    _ = try ledger.nextID()
    try ledger.add(CommandMachine(.marker, id: "LocalActivity_\(marker.ActivityID)", issued: issued))
    if attributes.hasFailure {
      try instance?.resolve(pending.operation, with: .failed(attributes.failure))
    } else {
      try instance?.resolve(pending.operation, with: .completed(details["result"]))
    }
    if let time = marker.replayTime { advance(to: time) }
    try instance?.workflowTaskStarted()
  }

  /// Moves the clock forward; it never goes back.
  func advance(to time: WorkflowTime) {
    if time > now { now = time }
  }
}

/// The JSON that the Go SDK writes into a local activity's marker.
private struct LocalActivityMarker: Decodable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var ActivityID: String
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var ActivityType: String?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var ReplayTime: String?

  var replayTime: WorkflowTime? {
    guard let text = ReplayTime else { return nil }
    return WorkflowTime(rfc3339: text)
  }
}
