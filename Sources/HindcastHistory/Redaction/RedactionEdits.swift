import SwiftProtobuf
import TemporalAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a redaction does to one event.
struct RedactionEdits: MessageEdits {
  let level: Redaction.Level
  let keptKeys: Set<String>
  let pseudonyms: Pseudonyms
  let visible: VisibleNames
  /// The marker that the event is; empty for other events.
  let marker: String

  /// What nobody knows may be anything.
  var keepsUnknownFields: Bool { false }
  var editsTexts: Bool { true }

  // MARK: Texts

  /// Fields that tell of people or machines, in whichever message.
  private static let replacedFields: Set<String> = [
    "identity", "reason", "operationToken", "nexusHeader", "fairnessKey",
  ]

  func text(_ text: String, at place: FieldPlace) -> TextEdit {
    if Self.replacedFields.contains(place.field) { return .replace(pseudonyms.standIn(for: text)) }
    switch (place.message, place.field) {
    case ("temporal.api.failure.v1.Failure", "message"), ("temporal.api.common.v1.Principal", "name"),
      ("temporal.api.history.v1.WorkflowExecutionCancelRequestedEventAttributes", "cause"):
      return .replace(pseudonyms.standIn(for: text))
    case ("temporal.api.failure.v1.Failure", "stackTrace"), ("temporal.api.common.v1.Callback.Nexus", _),
      ("temporal.api.common.v1.Callback.Internal", _), ("temporal.api.nexus.v1.PropagatedSerializationContext", _):
      return .drop
    default: return .keep
    }
  }

  // MARK: Payloads

  /// By marker, the details by which SDKs know what they wrote; the application's own values are in the others.
  private static let protocolDetails: [String: Set<String>] = [
    "Version": ["change-id", "version", "version-search-attribute-updated"],
    "SideEffect": ["side-effect-id"],
    "MutableSideEffect": ["side-effect-id", "mutable-side-effect-call-counter"],
    "LocalActivity": ["data"],
    "core_patch": ["patch-data"],
    "core_local_activity": ["data", "type"],
  ]
  /// Search attributes that SDKs and the server write.
  private static let protocolAttributes: Set<String> = ["TemporalChangeVersion", "BuildIds"]
  /// Metadata that says how to read the data.
  private static let keptMetadata: Set<String> = ["encoding", "messageType", "type"]

  func payload(_ payload: Payload, at place: FieldPlace) throws -> Payload {
    if let key = place.key {
      if keptKeys.contains(key) { return payload }
      if place.isSearchAttribute, Self.protocolAttributes.contains(key) { return payload }
      if place.mapField == "details", isProtocolDetail(key, payload) { return payload }
    }
    return try redacted(payload)
  }

  private func isProtocolDetail(_ key: String, _ payload: Payload) -> Bool {
    // A mutable side effect's data is its id and then the value in a message.
    if marker == "MutableSideEffect", key == "data" { return payload.jsonText?.first == "\"" }
    return Self.protocolDetails[marker]?.contains(key) == true
  }

  private func redacted(_ payload: Payload) throws -> Payload {
    var copy = payload
    copy.unknownFields = UnknownStorage()
    copy.metadata = payload.metadata.filter { Self.keptMetadata.contains($0.key) }
    if let nested = try redactedNested(payload) {
      copy.data = nested
      return copy
    }
    if level == .all {
      copy.metadata = ["encoding": Data("binary/null".utf8)]
      copy.data = Data()
      return copy
    }
    switch payload.encoding {
    case "binary/null": break
    case "json/plain", "json/protobuf": copy.data = redactedJSON(payload.data)
    default: copy.data = blank(payload.data)
    }
    return copy
  }

  private func redactedJSON(_ data: Data) -> Data {
    let redaction = JSONRedaction(
      pseudonyms: pseudonyms, includesNumbers: level != .strings, keptKeys: keptKeys, keepsString: visible.shows)
    let redacted = try? data.withUnsafeBytes { try redaction.redacted($0.bindMemory(to: UInt8.self)) }
    // What is called JSON and is none may be anything.
    return redacted.map { Data($0) } ?? blank(data)
  }

  private func blank(_ data: Data) -> Data { Data(repeating: UInt8(ascii: "x"), count: data.count) }

  /// Payloads within a payload, as mutable side effects record them.
  private func redactedNested(_ payload: Payload) throws -> Data? {
    guard payload.metadata["messageType"] == Data(Payloads.protoMessageName.utf8) else { return nil }
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    switch payload.encoding {
    case "json/protobuf":
      guard let inner = try? Payloads(jsonUTF8Data: payload.data, options: options) else { return nil }
      return try Payloads.with { $0.payloads = try inner.payloads.map(redacted) }.jsonUTF8Data()
    case "binary/protobuf":
      guard let inner = try? Payloads(serializedBytes: payload.data) else { return nil }
      return try Payloads.with { $0.payloads = try inner.payloads.map(redacted) }.serializedData()
    default: return nil
    }
  }
}
