internal import Foundation
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI

/// How a caller takes the histories that are in its answers.
public enum HistoryForm: Sendable {
  /// To look at.
  case events
  /// As the bytes that are stored, for an answer that is to be encoded and nothing else: events are many messages within messages,
  /// and to encode them costs more than all else about most answers.
  case encoded
}

extension Temporal_Api_History_V1_History {
  /// A history of batches, from an event on.
  ///
  /// In the encoded form the events are where those of a message are that nobody has read yet: in the unknown fields, which are
  /// encoded as they are.
  init(_ batches: [EventBatch], from first: Int64 = 1, as form: HistoryForm) {
    self.init()
    if form == .encoded {
      // Data would be slower to append to.
      var bytes: [UInt8] = []
      bytes.reserveCapacity(batches.reduce(0) { $0 + $1.encoded.count })
      for batch in batches { batch.encoded(from: first).withUnsafeBytes { bytes.append(contentsOf: $0) } }
      if let unread = try? Google_Protobuf_Empty(serializedBytes: bytes) {
        unknownFields = unread.unknownFields
        return
      }
    }
    events = batches.joined(from: first)
  }
}

extension [EventBatch] {
  /// The events from one on.
  func joined(from first: Int64 = 1) -> [HistoryEvent] {
    flatMap { batch in batch.events.drop { $0.eventID < first } }
  }
}
