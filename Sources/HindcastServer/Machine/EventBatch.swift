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
    var encoded: [UInt8] = []
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
    self.encoded = Data(encoded)
    eventBytes = size
  }

  /// Decodes a stored batch.
  public init(encoded: Data) throws {
    events = try Temporal_Api_History_V1_History(stored: encoded).events
    self.encoded = encoded
    let count = events.count
    eventBytes = encoded.withUnsafeBytes { bytes in
      var size = 0
      var index = 0
      for _ in 0..<count { size += Self.skipEvent(in: bytes, &index) }
      return size
    }
  }

  /// The events from one on, encoded as all of them are.
  func encoded(from eventID: Int64) -> Data {
    let skipped = events.prefix { $0.eventID < eventID }.count
    if skipped == 0 { return encoded }
    let start = encoded.withUnsafeBytes { bytes in
      var index = 0
      for _ in 0..<skipped { _ = Self.skipEvent(in: bytes, &index) }
      return index
    }
    return encoded.dropFirst(start)
  }

  /// Goes to where the next event begins, or no further than the end if something else is there than we write.
  ///
  /// - Returns: The size of the event that is there, without the bytes that say so.
  private static func skipEvent(in bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Int {
    var size = 0
    var shift = 0
    var isLast = false
    index += 1
    while !isLast, index < bytes.count, shift < 35 {
      size |= Int(bytes[index] & 0x7f) << shift
      isLast = bytes[index] <= 0x7f
      shift += 7
      index += 1
    }
    index = min(index + size, bytes.count)
    return size
  }

  /// `History.events`: field 1, length-delimited.
  private static let eventsField: UInt8 = 1 << 3 | 2
}

extension [UInt8] {
  fileprivate mutating func appendVarint(_ value: Int) {
    var rest = value
    while rest > 0x7f {
      append(UInt8(rest & 0x7f | 0x80))
      rest >>= 7
    }
    append(UInt8(rest))
  }
}
