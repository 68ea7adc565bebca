internal import Foundation
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI

// The sizes that limits are held against, counted instead of encoded: that would copy all of the data.

extension Payloads {
  /// How many bytes the payloads take on the wire.
  var byteCount: Int {
    payloads.reduce(unknownFields.data.count) { $0 + WireSize.field(of: $1.byteCount) }
  }
}

extension Payload {
  /// How many bytes the payload takes on the wire.
  var byteCount: Int {
    var size = unknownFields.data.count
    for (key, value) in metadata {
      // An entry has both fields, also empty ones.
      size += WireSize.field(of: WireSize.field(of: key.utf8.count) + WireSize.field(of: value.count))
    }
    if !data.isEmpty { size += WireSize.field(of: data.count) }
    for details in externalPayloads { size += WireSize.field(of: details.byteCount) }
    return size
  }
}

private enum WireSize {
  /// A field with a number below 16 that holds so many bytes.
  static func field(of length: Int) -> Int { 1 + varint(length) + length }

  private static func varint(_ value: Int) -> Int { max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7) }
}
