public import Foundation
public import HindcastHistory
internal import SwiftProtobuf
public import TemporalAPI

/// What one transaction wrote to a run's history, with its encoding.
///
/// Events are encoded once: the size that limits are held against and the bytes that are stored come from the same encoding.
public struct EventBatch: Sendable, Equatable {
  /// The events, ids ascending.
  public let events: [HistoryEvent]
  /// The events as a `temporal.api.history.v1.History` message.
  public let encoded: Data
  /// The sizes of the encoded events, added up.
  public let eventBytes: Int

  /// Encodes the events.
  public init(_ events: [HistoryEvent]) {
    self.events = events
    var encoded = Data()
    var size = 0
    // The same events are the same bytes, whatever the order of their maps.
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    for event in events {
      // Nothing in an event can fail to encode but a message beyond 2 GiB, which no request gets as far as this.
      guard let bytes: [UInt8] = try? event.serializedBytes(options: options) else { continue }
      size += bytes.count
      encoded.append(Self.eventsField)
      encoded.appendVarint(bytes.count)
      encoded.append(contentsOf: bytes)
    }
    self.encoded = encoded
    eventBytes = size
  }

  /// Decodes a stored batch.
  public init(encoded: Data) throws {
    events = try Temporal_Api_History_V1_History(stored: encoded).events
    self.encoded = encoded
    eventBytes = encoded.count
  }

  /// `History.events`: field 1, length-delimited.
  private static let eventsField: UInt8 = 1 << 3 | 2
}

extension Data {
  fileprivate mutating func appendVarint(_ value: Int) {
    var rest = value
    while rest > 0x7f {
      append(UInt8(rest & 0x7f | 0x80))
      rest >>= 7
    }
    append(UInt8(rest))
  }
}
