import SwiftProtobuf
public import TemporalAPI

extension WorkflowHistory {
  /// Every payload that the application's data converter made, in the order of the events: arguments, results, details,
  /// headers, memos, the encoded attributes of failures. Search attributes, which the server reads, are left out.
  ///
  /// - Throws: an error of SwiftProtobuf for an event whose bytes do not read, which no history from a server has.
  public func payloads() throws -> [Payload] {
    var collection = PayloadCollection()
    for event in events { _ = try collection.edited(event) }
    return collection.payloads
  }

  /// The history with other payloads in place of those that ``payloads()`` gives.
  ///
  /// - Parameter payloads: as many as there are, in the same order.
  /// - Throws: as ``payloads()`` does; ``PayloadCountMismatch`` when there are more or fewer.
  public func replacingPayloads(with payloads: [Payload]) throws -> WorkflowHistory {
    var replacement = PayloadReplacement(payloads: payloads)
    var copy = self
    copy.events = try events.map { try replacement.edited($0) }
    guard replacement.next == payloads.count else { throw PayloadCountMismatch(count: payloads.count) }
    return copy
  }
}

/// Payloads that were to replace those of a history are too many or too few.
public struct PayloadCountMismatch: Error, Sendable, Hashable, CustomStringConvertible {
  /// How many were given.
  public var count: Int

  /// What is wrong.
  public var description: String { "\(count) payloads cannot take the place of as many as the history has" }
}

private struct PayloadCollection: MessageEdits {
  var payloads: [Payload] = []

  var keepsUnknownFields: Bool { true }
  var editsTexts: Bool { false }

  mutating func payload(_ payload: Payload, at place: FieldPlace) -> Payload {
    if !place.isSearchAttribute { payloads.append(payload) }
    return payload
  }
}

private struct PayloadReplacement: MessageEdits {
  let payloads: [Payload]
  var next = 0

  init(payloads: [Payload]) { self.payloads = payloads }

  var keepsUnknownFields: Bool { true }
  var editsTexts: Bool { false }

  mutating func payload(_ payload: Payload, at place: FieldPlace) throws -> Payload {
    if place.isSearchAttribute { return payload }
    guard payloads.indices.contains(next) else { throw PayloadCountMismatch(count: payloads.count) }
    defer { next += 1 }
    return payloads[next]
  }
}
