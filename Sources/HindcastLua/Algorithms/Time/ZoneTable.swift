/// When the clocks of a place changed, and what they show since: a file of the zone database (RFC 8536), looked up as Go
/// does.
struct ZoneTable: Sendable {
  struct Period: Hashable, Sendable {
    var offset: Int
    var abbreviation: String
    var isSummerTime: Bool
  }

  struct Change: Hashable, Sendable {
    /// The UTC second from which the period is in use.
    var second: Int64
    /// The index of the period.
    var period: Int
  }

  /// Never empty.
  private let periods: [Period]
  /// In the order of time.
  private let changes: [Change]
  /// What holds after the last change.
  private let rule: ZoneRule?
  /// The index of what holds before the first change.
  private let first: Int

  /// A zone whose clocks never change.
  init(fixed zone: LuaZone) {
    self.init(
      periods: [Period(offset: zone.offset, abbreviation: zone.name, isSummerTime: false)], changes: [], rule: nil)
  }

  private init(periods: [Period], changes: [Change], rule: ZoneRule?) {
    self.periods = periods
    self.changes = changes
    self.rule = rule
    first = Self.first(of: periods, changes)
  }

  /// What the clocks show at a UTC second.
  func zone(at second: Int64) -> LuaZone {
    if let earliest = changes.first, second < earliest.second { return zone(first) }
    guard let last = changes.last else { return rule?.zone(at: second) ?? zone(first) }
    if second >= last.second, let rule { return rule.zone(at: second) }
    var low = 0
    var high = changes.count
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if second < changes[middle].second { high = middle } else { low = middle }
    }
    return zone(changes[low].period)
  }

  private func zone(_ period: Int) -> LuaZone {
    LuaZone(offset: periods[period].offset, name: periods[period].abbreviation)
  }

  /// The offset that an abbreviation stands for when the clocks show `clock`.
  func offset(named abbreviation: String, atClock clock: Int64) -> Int? {
    let candidates = periods.filter { $0.abbreviation == abbreviation }
    for candidate in candidates {
      let found = zone(at: clock &- Int64(candidate.offset))
      if found.name == abbreviation { return found.offset }
    }
    return candidates.first?.offset
  }

  /// The period before the first change, by the rules of the zone database's own code: the first one if no change leads
  /// to it; else winter time next to the first change; else any winter time.
  private static func first(of periods: [Period], _ changes: [Change]) -> Int {
    guard let earliest = changes.first, changes.contains(where: { $0.period == 0 }) else { return 0 }
    if periods[earliest.period].isSummerTime,
      let winter = periods[..<earliest.period].lastIndex(where: { !$0.isSummerTime })
    {
      return winter
    }
    return periods.firstIndex { !$0.isSummerTime } ?? 0
  }
}

// MARK: Files

extension ZoneTable {
  /// Reads a file of the zone database; nil when it is broken.
  init?(file: [UInt8]) {
    var reader = Reader(rest: file[...])
    guard var header = reader.header() else { return nil }
    var timeSize = 4
    if header.version >= UInt8(ascii: "2") {
      // The data for 32-bit readers comes first; what counts follows it.
      guard reader.take(header.size(timeSize: 4)) != nil, let second = reader.header() else { return nil }
      header = second
      timeSize = 8
    }
    guard let times = reader.take(header.times * timeSize), let kinds = reader.take(header.times),
      let types = reader.take(header.types * 6), let names = reader.take(header.characters),
      reader.take(header.leaps * (timeSize + 4) + header.isStandard + header.isUTC) != nil
    else { return nil }

    var periods: [Period] = []
    for start in stride(from: types.startIndex, to: types.endIndex, by: 6) {
      let name = names.dropFirst(Int(types[start + 5])).prefix { $0 != 0 }
      periods.append(
        Period(
          offset: Int(Int32(truncatingIfNeeded: Self.number(types[start..<start + 4]))),
          abbreviation: String(decoding: name, as: UTF8.self), isSummerTime: types[start + 4] != 0))
    }
    guard !periods.isEmpty, kinds.allSatisfy({ $0 < periods.count }) else { return nil }
    let changes = kinds.enumerated().map { index, kind in
      let start = times.startIndex + index * timeSize
      let number = Self.number(times[start..<start + timeSize])
      return Change(
        second: timeSize == 8 ? number : Int64(Int32(truncatingIfNeeded: number)), period: Int(kind))
    }
    let footer = reader.rest.dropFirst().prefix { $0 != UInt8(ascii: "\n") }
    self.init(periods: periods, changes: changes, rule: timeSize == 8 ? ZoneRule(parsing: footer) : nil)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
    bytes.reduce(0) { $0 << 8 | Int64($1) }
  }

  /// What the header of a block of data says.
  private struct Header {
    var version: UInt8
    var isUTC: Int
    var isStandard: Int
    var leaps: Int
    var times: Int
    var types: Int
    var characters: Int

    /// The bytes of the block that follows.
    func size(timeSize: Int) -> Int {
      times * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + isStandard + isUTC
    }
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard count <= rest.count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }

    mutating func header() -> Header? {
      guard let bytes = take(44), bytes.starts(with: "TZif".utf8) else { return nil }
      let start = bytes.startIndex
      let counts = (0..<6).map { Int(ZoneTable.number(bytes[start + 20 + 4 * $0..<start + 24 + 4 * $0])) }
      return Header(
        version: bytes[start + 4], isUTC: counts[0], isStandard: counts[1], leaps: counts[2], times: counts[3],
        types: counts[4], characters: counts[5])
    }
  }
}
