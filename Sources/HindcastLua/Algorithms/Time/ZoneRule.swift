/// When summer time begins and ends every year, as the last line of a zone file says it: `CET-1CEST,M3.5.0,M10.5.0/3`
/// (POSIX, section 8.3).
struct ZoneRule: Hashable, Sendable {
  /// A day of every year, and the time of day by the clocks before the change.
  struct Turn: Hashable, Sendable {
    enum Day: Hashable, Sendable {
      /// 1 to 365; February 29 is not counted.
      case julian(Int)
      /// 0 to 365.
      case ofYear(Int)
      /// The n-th such weekday of a month; 5: the last one.
      case weekday(month: Int, week: Int, weekday: Int)
    }

    var day: Day
    /// Seconds since midnight; may lie outside of the day.
    var time: Int
  }

  private struct SummerTime: Hashable, Sendable {
    var offset: Int
    var name: String
    var begin: Turn
    var end: Turn
  }

  private let offset: Int
  private let name: String
  private let summer: SummerTime?

  /// What the clocks show at a UTC second.
  func zone(at second: Int64) -> LuaZone {
    let winter = LuaZone(offset: offset, name: name)
    guard let summer else { return winter }
    let time = LuaCivilTime(seconds: second, zone: .utc)
    let now = (time.dayOfYear - 1) * 86_400 + time.hour * 3_600 + time.minute * 60 + time.second
    let begin = summer.begin.second(of: time.year) - offset
    let end = summer.end.second(of: time.year) - summer.offset
    // South of the equator the year begins in summer time.
    let isSummer = begin <= end ? begin <= now && now < end : !(end <= now && now < begin)
    return isSummer ? LuaZone(offset: summer.offset, name: summer.name) : winter
  }
}

extension ZoneRule.Turn {
  /// Seconds since the year began, by the clocks before the change.
  func second(of year: Int) -> Int {
    switch day {
    case .julian(let day):
      let leapDay = GoTime.isLeap(year) && day >= 60 ? 1 : 0
      return (day - 1 + leapDay) * 86_400 + time
    case .ofYear(let day): return day * 86_400 + time
    case .weekday(let month, let week, let weekday):
      let start = LuaCivilTime(year: year, month: month, day: 1, hour: 0, minute: 0, second: 0)
      var day = (weekday - start.weekday + 7) % 7 + 7 * (week - 1)
      while day >= GoTime.days(in: month, of: year) { day -= 7 }
      return (start.dayOfYear - 1 + day) * 86_400 + time
    }
  }
}

// MARK: Reading

extension ZoneRule {
  /// Reads a rule; nil when it is none.
  init?(parsing text: some Sequence<UInt8>) {
    var reader = Reader(rest: Array(text)[...])
    guard let name = reader.name(), let west = reader.offset() else { return nil }
    self.name = name
    // POSIX counts west of Greenwich as positive.
    offset = -west
    if reader.rest.isEmpty {
      summer = nil
      return
    }
    guard let summerName = reader.name() else { return nil }
    var summerOffset = offset + 3_600
    if let next = reader.rest.first, next != UInt8(ascii: ",") {
      guard let west = reader.offset() else { return nil }
      summerOffset = -west
    }
    if reader.rest.isEmpty { reader.rest = Array(",M3.2.0,M11.1.0".utf8)[...] }
    guard reader.take(","), let begin = reader.turn(), reader.take(","), let end = reader.turn(), reader.rest.isEmpty
    else { return nil }
    summer = SummerTime(offset: summerOffset, name: summerName, begin: begin, end: end)
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest.removeFirst()
      return true
    }

    /// `CET` or `<+03>`.
    mutating func name() -> String? {
      if take("<") {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
      }
      let name = rest.prefix { !"0123456789,-+".utf8.contains($0) }
      guard name.count >= 3 else { return nil }
      rest = rest.dropFirst(name.count)
      return String(decoding: name, as: UTF8.self)
    }

    /// `-1`, `5:30`, `+2:00:00`, in seconds.
    mutating func offset() -> Int? {
      let isNegative = take("-")
      if !isNegative { _ = take("+") }
      guard let hours = number(0...168) else { return nil }
      var seconds = hours * 3_600
      for unit in [60, 1] where take(":") {
        guard let number = number(0...59) else { return nil }
        seconds += number * unit
      }
      return isNegative ? -seconds : seconds
    }

    mutating func turn() -> Turn? {
      guard let day = day() else { return nil }
      guard take("/") else { return Turn(day: day, time: 7_200) }
      return offset().map { Turn(day: day, time: $0) }
    }

    private mutating func day() -> Turn.Day? {
      if take("J") { return number(1...365).map { .julian($0) } }
      guard take("M") else { return number(0...365).map { .ofYear($0) } }
      guard let month = number(1...12), take("."), let week = number(1...5), take("."), let weekday = number(0...6)
      else { return nil }
      return .weekday(month: month, week: week, weekday: weekday)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int? {
      var value = 0
      var digits = 0
      while let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
        guard value <= range.upperBound else { return nil }
        rest.removeFirst()
        digits += 1
      }
      return digits > 0 && range.contains(value) ? value : nil
    }
  }
}
