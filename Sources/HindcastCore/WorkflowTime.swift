public import SwiftProtobuf

/// A point in time as workflow code sees it: the start of the present workflow task.
public struct WorkflowTime: Hashable, Comparable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public var seconds: Int64
  /// Nanoseconds of the second, 0 to 999,999,999.
  public var nanoseconds: Int32

  /// Makes a time.
  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Makes a time from a timestamp of the history.
  public init(_ timestamp: Google_Protobuf_Timestamp) {
    self.init(seconds: timestamp.seconds, nanoseconds: timestamp.nanos)
  }

  /// Makes a time from nanoseconds since 1970.
  public init(unixNanoseconds: Int64) {
    let (seconds, rest) = unixNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    self.init(seconds: rest < 0 ? seconds - 1 : seconds, nanoseconds: Int32(rest < 0 ? rest + 1_000_000_000 : rest))
  }

  /// Year 1, which is what code sees before its first task has started (Go's zero time).
  public static let zero = WorkflowTime(seconds: -62_135_596_800)

  /// Nanoseconds since 1970; saturates, since year 1 is out of range.
  public var unixNanoseconds: Int64 {
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, overflow2) = scaled.addingReportingOverflow(Int64(nanoseconds))
    return overflow2 ? .max : sum
  }

  /// A later time.
  func advanced(by duration: Duration) -> WorkflowTime {
    let (whole, attoseconds) = duration.components
    let sum = Int64(nanoseconds) + attoseconds / 1_000_000_000
    let (carry, rest) = sum.quotientAndRemainder(dividingBy: 1_000_000_000)
    return WorkflowTime(
      seconds: seconds &+ whole &+ (rest < 0 ? carry - 1 : carry),
      nanoseconds: Int32(rest < 0 ? rest + 1_000_000_000 : rest))
  }

  /// How long ago an earlier time was.
  func duration(since earlier: WorkflowTime) -> Duration {
    .seconds(seconds &- earlier.seconds) + .nanoseconds(Int64(nanoseconds) - Int64(earlier.nanoseconds))
  }

  /// Chronological order.
  public static func < (a: WorkflowTime, b: WorkflowTime) -> Bool {
    (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
  }
}

extension Google_Protobuf_Duration {
  /// Makes a duration from nanoseconds.
  public init(nanoseconds: Int64) {
    self.init(seconds: nanoseconds / 1_000_000_000, nanos: Int32(nanoseconds % 1_000_000_000))
  }
}

extension WorkflowTime {
  /// Reads an RFC 3339 time such as `2024-05-01T10:00:00.123456789Z` or one with a numeric offset; nil for anything else.
  init?(rfc3339 text: String) {
    let fields = text.utf8.split(omittingEmptySubsequences: true) {
      !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    let numbers = fields.compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
    guard numbers.count >= 6, numbers.count == fields.count else { return nil }
    let hasFraction = text.utf8.contains(UInt8(ascii: "."))
    let offsetStart = hasFraction ? 7 : 6
    var offset: Int64 = 0
    if numbers.count >= offsetStart + 2 {
      offset = (numbers[offsetStart] * 60 + numbers[offsetStart + 1]) * 60
      if text.utf8.dropFirst(19).contains(UInt8(ascii: "-")) { offset = -offset }
    }
    var nanoseconds: Int32 = 0
    if hasFraction {
      let digits = String(decoding: fields[6], as: UTF8.self).prefix(9)
      nanoseconds = Int32(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
    }
    let days = Self.daysSinceEpoch(year: numbers[0], month: numbers[1], day: numbers[2])
    self.init(
      seconds: days * 86400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5] - offset, nanoseconds: nanoseconds)
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar.
  private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
