import Foundation
import SwiftProtobuf
public import TemporalAPI

/// The recorded results of side effects, and the counters that name them.
struct SideEffectRecord {
  var results: [Int: Temporal_Api_Common_V1_Payloads] = [:]
  var counter = 0
  /// By id and call count.
  var mutable: [String: [Int: Temporal_Api_Common_V1_Payloads]] = [:]
  var mutableCalls: [String: Int] = [:]
  /// The ids (with their counter) of the markers that the task now running wrote.
  var mutableRecorded: Set<String> = []
}

extension WorkflowEnvironment {
  /// The result of a side effect: the recorded one while replaying, else what `produce` returns, which is recorded.
  /// - Parameter produce: returns nil when the effect failed: nothing is recorded then, though the counter has moved.
  public func sideEffect(
    summary: String? = nil, _ produce: () -> Temporal_Api_Common_V1_Payloads?
  ) throws(TaskFailure) -> Temporal_Api_Common_V1_Payloads? {
    sideEffects.counter += 1
    let id = sideEffects.counter
    let result: Temporal_Api_Common_V1_Payloads
    if let prompter {
      guard let value = prompter.sideEffect(at: instance?.currentLocation) ?? produce() else {
        prompter.sideEffectFailed()
        return nil
      }
      result = value
    } else if let recorded = sideEffects.results.removeValue(forKey: id) {
      result = recorded
    } else if isReplaying {
      let known = sideEffects.results.keys.sorted().map(String.init).joined(separator: " ")
      throw located(
        .illegalState(
          "No cached result found for side effectID=\(id). KnownSideEffects=[\(known)]", rule: .sideEffectAdded))
    } else {
      guard let fresh = produce() else { return nil }
      result = fresh
    }
    let issued = issue(.recordMarker) {
      $0.recordMarkerCommandAttributes = .with {
        $0.markerName = Marker.sideEffect
        $0.details["side-effect-id"] = JSONPayload.payloads(JSONPayload.payload(id))
        $0.details["data"] = result
      }
      if let summary { $0.userMetadata.summary = JSONPayload.payload(summary) }
    }
    try ledger.add(CommandMachine(.marker, id: "SideEffect_\(id)", issued: issued))
    return result
  }

  /// Whether the history has a result for the side effect that the code would ask for next or any later one.
  public var hasRecordedSideEffectsAhead: Bool {
    sideEffects.results.keys.contains { $0 > sideEffects.counter + 1 }
  }

  /// The result of a mutable side effect: recorded only when it changed since the last call with this id.
  public func mutableSideEffect(
    _ id: String, isEqual: (Temporal_Api_Common_V1_Payloads, Temporal_Api_Common_V1_Payloads) -> Bool = { $0 == $1 },
    _ produce: () -> Temporal_Api_Common_V1_Payloads
  ) throws(TaskFailure) -> Temporal_Api_Common_V1_Payloads {
    let call = sideEffects.mutableCalls[id, default: 0] + 1
    sideEffects.mutableCalls[id] = call
    guard let known = recordedMutable(id, call: call) else {
      if let prompter {
        prompter.mutableSideEffectIsMissing(id, at: instance?.currentLocation)
        let value = produce()
        sideEffects.mutable[id, default: [:]][call] = value
        return value
      }
      if isReplaying {
        throw located(
          .illegalState(
            "Non deterministic workflow code change detected. MutableSideEffect API call doesn't have a correspondent "
              + "event in the workflow history. MutableSideEffect ID: \(id)", rule: .mutableSideEffectAdded))
      }
      return try recordMutable(id, call: call, produce())
    }
    if !sideEffects.mutableRecorded.isEmpty,
      sideEffects.mutableRecorded.contains("\(id)_\(try ledger.nextID())")
    {
      return try recordMutable(id, call: call, known)
    }
    if isReplaying { return known }
    let fresh = produce()
    return isEqual(known, fresh) ? known : try recordMutable(id, call: call, fresh)
  }

  /// The value recorded at or before the call.
  private func recordedMutable(_ id: String, call: Int) -> Temporal_Api_Common_V1_Payloads? {
    guard let recorded = sideEffects.mutable[id], let latest = recorded.keys.filter({ $0 <= call }).max() else {
      return nil
    }
    if recorded.count > 1 {
      sideEffects.mutable[id] = recorded.filter { $0.key >= latest }
    }
    return recorded[latest]
  }

  private func recordMutable(
    _ id: String, call: Int, _ value: Temporal_Api_Common_V1_Payloads
  ) throws(TaskFailure) -> Temporal_Api_Common_V1_Payloads {
    let marked = "\(id)_\(try ledger.nextID())"
    let issued = issue(.recordMarker) {
      $0.recordMarkerCommandAttributes = .with {
        $0.markerName = Marker.mutableSideEffect
        $0.details["side-effect-id"] = JSONPayload.payloads(JSONPayload.payload(marked))
        $0.details["data"] = .with { $0.payloads = [JSONPayload.payload(id), Self.nested(value)] }
        $0.details["mutable-side-effect-call-counter"] = JSONPayload.payloads(JSONPayload.payload(call))
      }
    }
    try ledger.add(CommandMachine(.marker, id: "MutableSideEffect_\(marked)", issued: issued))
    sideEffects.mutable[id, default: [:]][call] = value
    return value
  }

  /// Payloads as one `json/protobuf` payload, which is how Go's converter writes a message.
  private static func nested(_ value: Temporal_Api_Common_V1_Payloads) -> Temporal_Api_Common_V1_Payload {
    .with {
      $0.metadata = [
        "encoding": Data("json/protobuf".utf8), "messageType": Data("temporal.api.common.v1.Payloads".utf8),
      ]
      $0.data = (try? value.jsonUTF8Data()) ?? Data()
    }
  }

  /// A `SideEffect` marker of the task that runs next was read ahead.
  func load(sideEffectMarker details: [String: Temporal_Api_Common_V1_Payloads], eventID: Int64) throws(TaskFailure) {
    let id = JSONPayload.integer(
      try Marker.value("side-effect-id", in: details, of: Marker.sideEffect, eventID: eventID))
    let data = try Marker.value("data", in: details, of: Marker.sideEffect, eventID: eventID)
    sideEffects.results[id ?? 0] = data
  }

  /// A `MutableSideEffect` marker of the task that runs next was read ahead.
  func load(mutableMarker details: [String: Temporal_Api_Common_V1_Payloads], eventID: Int64) throws(TaskFailure) {
    let marked = try Marker.string("side-effect-id", in: details, of: Marker.mutableSideEffect, eventID: eventID)
    let data = try Marker.value("data", in: details, of: Marker.mutableSideEffect, eventID: eventID)
    guard data.payloads.count == 2, let id = JSONPayload.string(data.payloads[0]),
      let value = Self.unnested(data.payloads[1])
    else {
      throw TaskFailure(
        .unreadableHistory, "marker name \"MutableSideEffect\" for eventId \(eventID): unable to decode")
    }
    // Old SDKs wrote no counter: of several values in one task only the last is known.
    let call =
      JSONPayload.integer(details["mutable-side-effect-call-counter"]) ?? sideEffects.mutableCalls[id, default: 0]
    sideEffects.mutable[id, default: [:]][call] = value
    sideEffects.mutableRecorded.insert(marked)
  }

  private static func unnested(_ payload: Temporal_Api_Common_V1_Payload) -> Temporal_Api_Common_V1_Payloads? {
    switch payload.metadata["encoding"].map({ String(decoding: $0, as: UTF8.self) }) {
    case "json/protobuf", "json/plain":
      var options = JSONDecodingOptions()
      options.ignoreUnknownFields = true
      return try? Temporal_Api_Common_V1_Payloads(jsonUTF8Data: payload.data, options: options)
    case "binary/protobuf": return try? Temporal_Api_Common_V1_Payloads(serializedBytes: payload.data)
    default: return nil
    }
  }
}
