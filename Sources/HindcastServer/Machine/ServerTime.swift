internal import SwiftProtobuf

/// A moment on a server's clock, in nanoseconds since 1970 UTC.
public struct ServerTime: Comparable, Hashable, Sendable {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  public var nanoseconds: Int64

  /// A moment so many nanoseconds after 1970-01-01T00:00:00Z.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Whether `left` is earlier.
  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The moment so much later; the farthest one that can be told where that would be beyond it.
  public static func + (time: Self, duration: Duration) -> Self {
    ServerTime(nanoseconds: time.nanoseconds.addingClamped(duration.clampedNanoseconds))
  }

  /// The time between two moments.
  public static func - (left: Self, right: Self) -> Duration {
    .nanoseconds(left.nanoseconds.subtractingReportingOverflow(right.nanoseconds).partialValue)
  }
}

extension Int64 {
  /// The sum, at the end of the range where it would be outside.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  /// Nanoseconds since 1970 as a message.
  var timestamp: Google_Protobuf_Timestamp {
    let (seconds, rest) = quotientAndRemainder(dividingBy: 1_000_000_000)
    return rest < 0
      ? Google_Protobuf_Timestamp(seconds: seconds - 1, nanos: Int32(rest + 1_000_000_000))
      : Google_Protobuf_Timestamp(seconds: seconds, nanos: Int32(rest))
  }

  /// Nanoseconds as a message.
  var protobufDuration: Google_Protobuf_Duration {
    let (seconds, rest) = quotientAndRemainder(dividingBy: 1_000_000_000)
    return Google_Protobuf_Duration(seconds: seconds, nanos: Int32(rest))
  }
}

extension Duration {
  /// The whole nanoseconds, at the end of the range where there are more than 64 bits hold (292 years).
  var clampedNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds > 0 ? .max : .min }
    return product.addingClamped(attoseconds / 1_000_000_000)
  }
}

extension Google_Protobuf_Timestamp {
  /// Nanoseconds since 1970, at the end of the range where there are more than 64 bits hold.
  var nanoseconds: Int64 {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds > 0 ? .max : .min }
    return product.addingClamped(Int64(nanos))
  }
}

extension Google_Protobuf_Duration {
  /// Nanoseconds, at the end of the range where there are more than 64 bits hold.
  var nanoseconds: Int64 {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds > 0 ? .max : .min }
    return product.addingClamped(Int64(nanos))
  }
}
