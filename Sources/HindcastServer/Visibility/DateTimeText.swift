/// Times and durations as queries, search attributes and ids write them.
extension Int64 {
  private static let second: Int64 = 1_000_000_000

  /// Nanoseconds since 1970 of an RFC 3339 time, `2026-01-31T12:00:00.5+01:00`; `nil` if the text is none.
  init?(dateTimeText text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[range] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    func has(_ character: Character, at index: Int) -> Bool {
      index < bytes.count && bytes[index] == character.asciiValue
    }
    guard let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
      let day = number(8..<10), has("T", at: 10), let hour = number(11..<13), has(":", at: 13),
      let minute = number(14..<16), has(":", at: 16), let second = number(17..<19), (1...12).contains(month),
      (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    let shown = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    // A day that the month does not have would come out as one of the next month.
    guard CivilTime(seconds: shown.seconds) == shown else { return nil }
    var place = 19
    var fraction: Int64 = 0
    if has(".", at: place) {
      place += 1
      var scale = Self.second / 10
      let start = place
      while place < bytes.count, let digit = number(place..<place + 1) {
        fraction += Int64(digit) * scale
        scale /= 10
        place += 1
      }
      if place == start { return nil }
    }
    var offset: Int64 = 0
    if has("Z", at: place) {
      place += 1
    } else {
      guard has("+", at: place) || has("-", at: place), let hours = number(place + 1..<place + 3),
        has(":", at: place + 3), let minutes = number(place + 4..<place + 6), hours < 24, minutes < 60
      else { return nil }
      offset = Int64(hours * 3_600 + minutes * 60) * (has("-", at: place) ? -1 : 1)
      place += 6
    }
    guard place == bytes.count else { return nil }
    let (whole, overflow) = (shown.seconds - offset).multipliedReportingOverflow(by: Self.second)
    if overflow { return nil }
    self = whole.addingClamped(fraction)
  }

  /// Nanoseconds since 1970 as RFC 3339 in UTC, to the second unless a fraction is wanted and there is one.
  func dateTimeText(withFraction: Bool = false) -> String {
    let rest = (self % Self.second + Self.second) % Self.second
    let seconds = self / Self.second - (self % Self.second < 0 ? 1 : 0)
    let time = CivilTime(seconds: seconds)
    func padded(_ number: Int, to width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: Swift.max(width - text.count, 0)) + text
    }
    var text =
      "\(padded(time.year, to: 4))-\(padded(time.month, to: 2))-\(padded(time.day, to: 2))"
      + "T\(padded(time.hour, to: 2)):\(padded(time.minute, to: 2)):\(padded(time.second, to: 2))"
    if withFraction, rest > 0 {
      var digits = padded(Int(rest), to: 9)
      while digits.hasSuffix("0") { digits.removeLast() }
      text += ".\(digits)"
    }
    return text + "Z"
  }

  /// Nanoseconds of a duration: a number of them, `1h30m`, with `d` for days, or `hh:mm:ss`; `nil` if the text is none.
  init?(durationText text: String) {
    if let nanoseconds = Int64(text) {
      self = nanoseconds
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 3 {
      guard let hours = Int64(parts[0]), let minutes = Int64(parts[1]), let seconds = Int64(parts[2]), hours >= 0,
        hours < 1_000_000, (0..<60).contains(minutes), (0..<60).contains(seconds)
      else { return nil }
      self = (hours * 3_600 + minutes * 60 + seconds) * Self.second
      return
    }
    var rest = Substring(text)
    var days: Int64 = 0
    if let index = rest.firstIndex(of: "d") {
      guard let count = Int64(rest[..<index]), abs(count) < 100_000 else { return nil }
      days = count
      rest = rest[rest.index(after: index)...]
      if rest.isEmpty {
        self = days * 86_400 * Self.second
        return
      }
    }
    guard let nanoseconds = GoDuration.nanoseconds(of: rest) else { return nil }
    self = (days * 86_400 * Self.second).addingClamped(nanoseconds)
  }
}
