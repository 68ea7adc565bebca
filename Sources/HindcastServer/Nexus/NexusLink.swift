internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Links to events of workflows as they travel with Nexus requests: as URLs.

typealias NexusLink = Temporal_Api_Nexus_V1_Link

extension NexusLink {
  /// The type that the URL of an event has.
  private static let eventLinkType = "temporal.api.common.v1.Link.WorkflowEvent"

  /// `temporal:///namespaces/…/workflows/…/…/history?eventID=5&eventType=…&referenceType=EventReference`.
  init(to event: Link.WorkflowEvent) {
    self.init()
    let path = [event.namespace, event.workflowID, event.runID].map(\.percentEncoded)
    var query: [String] = []
    switch event.reference {
    case .eventRef(let reference)?:
      if reference.eventID > 0 { query.append("eventID=\(reference.eventID)") }
      query.append("eventType=\(reference.eventType.serverName)")
      query.append("referenceType=EventReference")
    case .requestIDRef(let reference)?:
      query.append("eventType=\(reference.eventType.serverName)")
      query.append("referenceType=RequestIdReference")
      query.append("requestID=\(reference.requestID.percentEncoded)")
    case nil: break
    }
    url = "temporal:///namespaces/\(path[0])/workflows/\(path[1])/\(path[2])/history?\(query.joined(separator: "&"))"
    type = Self.eventLinkType
  }

  /// The event that the link points to; `nil` for other links and for such that cannot be read.
  var link: Link? {
    guard type == Self.eventLinkType, url.hasPrefix("temporal://") else { return nil }
    let rest = url.dropFirst("temporal://".count).split(separator: "?", maxSplits: 1)
    guard rest.count == 2 else { return nil }
    let path = rest[0].split(separator: "/")
    guard path.count == 6, path[0] == "namespaces", path[2] == "workflows", path[5] == "history",
      let namespace = path[1].percentDecoded, let workflowID = path[3].percentDecoded,
      let runID = path[4].percentDecoded
    else { return nil }
    var query: [Substring: String] = [:]
    for pair in rest[1].split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { query[parts[0]] = parts[1].percentDecoded }
    }
    guard let eventType = query["eventType"].flatMap(EventType.init(serverName:)) else { return nil }
    var event = Link.WorkflowEvent.with {
      $0.namespace = namespace
      $0.workflowID = workflowID
      $0.runID = runID
    }
    switch query["referenceType"] {
    case "EventReference":
      event.eventRef.eventType = eventType
      event.eventRef.eventID = query["eventID"].flatMap { Int64($0) } ?? 0
    case "RequestIdReference":
      event.requestIDRef.eventType = eventType
      event.requestIDRef.requestID = query["requestID"] ?? ""
    default: return nil
    }
    return .with { $0.workflowEvent = event }
  }
}

extension EventType {
  /// The event type that is written so, by the Go server or in JSON: `EVENT_TYPE_NEXUS_OPERATION_SCHEDULED`.
  fileprivate init?(serverName: String) {
    var wanted = serverName.filter { $0 != "_" }.lowercased()
    if wanted.hasPrefix("eventtype") { wanted.removeFirst("eventtype".count) }
    guard let type = Self.allCases.first(where: { "\($0)".lowercased() == wanted }) else { return nil }
    self = type
  }
}

extension StringProtocol {
  /// With what may not stand in a part of a URL's path as `%20` and the like.
  fileprivate var percentEncoded: String {
    utf8.reduce(into: "") { text, byte in
      let character = Character(UnicodeScalar(byte))
      if byte < 128, character.isLetter || character.isNumber || "-_.~$&+=:@".contains(character) {
        text.append(character)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
  }

  /// The text that was encoded; `nil` if it cannot be read.
  fileprivate var percentDecoded: String? {
    var bytes: [UInt8] = []
    var rest = Substring(self)
    while let character = rest.first {
      rest = rest.dropFirst()
      guard character == "%" else {
        bytes += Array(String(character).utf8)
        continue
      }
      guard let byte = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
