/// Timestamps and durations as protobuf writes them in JSON.
enum TimeText {
  /// Whole seconds, and nanoseconds of the same sign for durations, never negative for timestamps.
  typealias Value = (seconds: Int64, nanos: Int32)

  /// The greatest number of seconds of a duration, about 10,000 years.
  private static let longestDuration: UInt64 = 315_576_000_000

  // MARK: Reading

  /// Reads an RFC 3339 time such as `2026-01-02T03:04:05.678901234Z`, with `Z` or a numeric offset.
  static func timestamp(_ text: UnsafeBufferPointer<UInt8>) -> Value? {
    var cursor = Cursor(text: text)
    guard let year = cursor.fixed(4), cursor.skip("-"), let month = cursor.fixed(2), cursor.skip("-"),
      let day = cursor.fixed(2), cursor.skip("T") || cursor.skip("t") || cursor.skip(" "), let hour = cursor.fixed(2),
      cursor.skip(":"), let minute = cursor.fixed(2), cursor.skip(":"), let second = cursor.fixed(2),
      let nanos = cursor.fraction(), let offset = cursor.zone(), cursor.isAtEnd
    else { return nil }
    guard year >= 1, (1...12).contains(month), (1...daysInMonth(month, year)).contains(day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    let seconds = Int64(days(year, month, day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
    return (seconds, nanos)
  }

  /// Reads a duration such as `1.5s`.
  static func duration(_ text: UnsafeBufferPointer<UInt8>) -> Value? {
    var cursor = Cursor(text: text)
    let isNegative = cursor.skip("-")
    guard let seconds = cursor.number(), seconds <= longestDuration, let nanos = cursor.fraction(), cursor.skip("s"),
      cursor.isAtEnd
    else { return nil }
    return isNegative ? (-Int64(seconds), -nanos) : (Int64(seconds), nanos)
  }

  private struct Cursor {
    let text: UnsafeBufferPointer<UInt8>
    var position = 0

    var isAtEnd: Bool { position == text.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard position < text.count, text[position] == UInt8(truncatingIfNeeded: character.value) else { return false }
      position += 1
      return true
    }

    mutating func digit() -> Int? {
      guard position < text.count, text[position] &- UInt8(ascii: "0") < 10 else { return nil }
      position += 1
      return Int(text[position - 1] - UInt8(ascii: "0"))
    }

    mutating func fixed(_ count: Int) -> Int? {
      var value = 0
      for _ in 0..<count {
        guard let digit = digit() else { return nil }
        value = value * 10 + digit
      }
      return value
    }

    mutating func number() -> UInt64? {
      let start = position
      var value: UInt64 = 0
      while let digit = digit() {
        guard position - start <= 18 else { return nil }
        value = value * 10 + UInt64(digit)
      }
      return position > start ? value : nil
    }

    /// Nothing, or a point and one to nine digits.
    mutating func fraction() -> Int32? {
      guard skip(".") else { return 0 }
      var nanos: Int32 = 0
      var count = 0
      while let digit = digit() {
        guard count < 9 else { return nil }
        nanos = nanos * 10 + Int32(digit)
        count += 1
      }
      guard count > 0 else { return nil }
      for _ in count..<9 { nanos *= 10 }
      return nanos
    }

    /// The offset from UTC in seconds.
    mutating func zone() -> Int? {
      if skip("Z") || skip("z") { return 0 }
      let isNegative = skip("-")
      guard isNegative || skip("+"), let hours = fixed(2), skip(":"), let minutes = fixed(2), hours < 24, minutes < 60
      else { return nil }
      let offset = hours * 3600 + minutes * 60
      return isNegative ? -offset : offset
    }
  }

  // MARK: Writing

  /// Appends an RFC 3339 time in UTC; a value outside the years 1 to 9999 gives `nil`.
  static func timestamp(_ value: Value, into out: inout [UInt8]) -> Bool {
    guard (-62_135_596_800...253_402_300_799).contains(value.seconds), (0..<1_000_000_000).contains(value.nanos) else {
      return false
    }
    let day = value.seconds >= 0 ? value.seconds / 86_400 : (value.seconds - 86_399) / 86_400
    let rest = Int(value.seconds - day * 86_400)
    let (year, month, dayOfMonth) = date(Int(day))
    append(year, 4, &out)
    out.append(UInt8(ascii: "-"))
    append(month, 2, &out)
    out.append(UInt8(ascii: "-"))
    append(dayOfMonth, 2, &out)
    out.append(UInt8(ascii: "T"))
    append(rest / 3600, 2, &out)
    out.append(UInt8(ascii: ":"))
    append(rest / 60 % 60, 2, &out)
    out.append(UInt8(ascii: ":"))
    append(rest % 60, 2, &out)
    appendFraction(value.nanos, &out)
    out.append(UInt8(ascii: "Z"))
    return true
  }

  /// Appends a duration such as `1.500s`.
  static func duration(_ value: Value, into out: inout [UInt8]) {
    if value.seconds < 0 || value.nanos < 0 { out.append(UInt8(ascii: "-")) }
    out.append(contentsOf: Array(String(value.seconds.magnitude).utf8))
    appendFraction(Int32(truncatingIfNeeded: value.nanos.magnitude), &out)
    out.append(UInt8(ascii: "s"))
  }

  private static func append(_ value: Int, _ width: Int, _ out: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
      out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }

  /// No digits, or three, six or nine, as protobuf does.
  private static func appendFraction(_ nanos: Int32, _ out: inout [UInt8]) {
    guard nanos != 0 else { return }
    out.append(UInt8(ascii: "."))
    let nanos = Int(nanos)
    if nanos % 1_000_000 == 0 {
      append(nanos / 1_000_000, 3, &out)
    } else if nanos % 1000 == 0 {
      append(nanos / 1000, 6, &out)
    } else {
      append(nanos, 9, &out)
    }
  }

  // MARK: The calendar

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func daysInMonth(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date of a number of days since 1970-01-01; the inverse of `days`.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
