internal import HindcastRegistry

/// Why a text is no time in a layout; Go's wording.
struct GoTimeParseError: Error, Hashable, CustomStringConvertible {
  let description: String

  /// A piece of the layout does not fit what is left of the text.
  init(_ value: [UInt8], layout: [UInt8], rest: ArraySlice<UInt8>, piece: ArraySlice<UInt8>) {
    description =
      "parsing time \(goQuoted(value)) as \(goQuoted(layout)): cannot parse \(goQuoted(rest)) as \(goQuoted(piece))"
  }

  /// The pieces fit, and make no time.
  init(_ value: [UInt8], _ complaint: String) {
    description = "parsing time \(goQuoted(value)): \(complaint)"
  }
}

extension GoTime {
  /// Reads a time in a reference layout, as Go's `ParseInLocation`: where the text names no zone, in `zone`.
  init(parsing value: [UInt8], layout: [UInt8], zone: GoZone) throws(GoTimeParseError) {
    var parser = GoTimeParser(value: value, layout: layout)
    try parser.run()
    self = try parser.time(in: zone)
  }

  /// Reads a time in a reference layout.
  init(parsing value: String, layout: String, zone: GoZone) throws(GoTimeParseError) {
    try self.init(parsing: Array(value.utf8), layout: Array(layout.utf8), zone: zone)
  }
}

/// Reads the pieces of a layout one after another, and makes a time of them.
struct GoTimeParser {
  let value: [UInt8]
  let layout: [UInt8]
  /// What is left of the text.
  var rest: ArraySlice<UInt8>
  /// What is out of its range, if anything.
  var rangeComplaint: String?
  var fields = Fields()

  /// What the text has said so far.
  struct Fields {
    var year = 0
    var month: Int?
    var day: Int?
    var dayOfYear: Int?
    var hour = 0
    var minute = 0
    var second = 0
    var nanosecond = 0
    var half: Half?
    var isUTC = false
    var offset: Int?
    var abbreviation = ""
  }

  enum Half {
    case morning, afternoon
  }

  init(value: [UInt8], layout: [UInt8]) {
    self.value = value
    self.layout = layout
    rest = value[...]
  }

  mutating func run() throws(GoTimeParseError) {
    let pieces = GoLayout.pieces(of: layout)
    for (index, piece) in pieces.enumerated() {
      if piece.element == .literal {
        try takeLiteral(piece.text)
        continue
      }
      let before = rest
      let next = index + 1 < pieces.count ? pieces[index + 1].element : nil
      let fits = take(piece.element, next: next)
      if let rangeComplaint { throw GoTimeParseError(value, "\(rangeComplaint) out of range") }
      if !fits { throw GoTimeParseError(value, layout: layout, rest: before, piece: piece.text) }
    }
    if !rest.isEmpty { throw GoTimeParseError(value, "extra text: \(goQuoted(rest))") }
  }

  /// Literal text; spaces stand for any number of them.
  private mutating func takeLiteral(_ text: ArraySlice<UInt8>) throws(GoTimeParseError) {
    let space = UInt8(ascii: " ")
    var wanted = text
    while let byte = wanted.first {
      if byte == space, rest.isEmpty || rest.first == space {
        wanted = wanted.drop { $0 == space }
        rest = rest.drop { $0 == space }
      } else if rest.first == byte {
        wanted.removeFirst()
        rest.removeFirst()
      } else {
        throw GoTimeParseError(value, layout: layout, rest: rest, piece: text)
      }
    }
  }

  // MARK: The result

  func time(in zone: GoZone) throws(GoTimeParseError) -> GoTime {
    let (month, day) = try date()
    var hour = fields.hour
    if fields.half == .afternoon, hour < 12 { hour += 12 }
    if fields.half == .morning, hour == 12 { hour = 0 }
    func clock(_ zone: GoZone) -> GoTime {
      GoTime(
        year: Int64(fields.year), month: Int64(month), day: Int64(day), hour: Int64(hour),
        minute: Int64(fields.minute), second: Int64(fields.second), nanosecond: Int64(fields.nanosecond), zone: zone)
    }
    if fields.isUTC { return clock(.utc) }
    var time = clock(.utc)
    if let offset = fields.offset {
      time.instant.seconds -= Int64(offset)
      let there = zone.offset(at: time.instant.seconds)
      let fits = there.offset == offset && (fields.abbreviation.isEmpty || fields.abbreviation == there.name)
      time.zone = fits ? zone : .fixed(name: fields.abbreviation, offset: offset)
      return time
    }
    if fields.abbreviation.isEmpty { return clock(zone) }
    if let offset = zone.offset(named: fields.abbreviation, atClock: time.instant.seconds) {
      time.instant.seconds -= Int64(offset)
      time.zone = zone
      return time
    }
    // A name that is not this zone's stands for UTC, as in Go, which shows `GMT+3` by its offset nevertheless.
    let hours = fields.abbreviation.hasPrefix("GMT") ? Int(fields.abbreviation.dropFirst(3)) ?? 0 : 0
    time.zone = .fixed(name: fields.abbreviation, offset: hours * 3_600)
    return time
  }

  /// The month and the day, which a day of the year may have said too.
  private func date() throws(GoTimeParseError) -> (month: Int, day: Int) {
    guard let dayOfYear = fields.dayOfYear else {
      let (month, day) = (fields.month ?? 1, fields.day ?? 1)
      guard day >= 1, day <= GoTime.days(in: month, of: fields.year) else {
        throw GoTimeParseError(value, "day out of range")
      }
      return (month, day)
    }
    guard dayOfYear >= 1, dayOfYear <= (GoTime.isLeap(fields.year) ? 366 : 365) else {
      throw GoTimeParseError(value, "day-of-year out of range")
    }
    var month = 1
    var day = dayOfYear
    while day > GoTime.days(in: month, of: fields.year) {
      day -= GoTime.days(in: month, of: fields.year)
      month += 1
    }
    if let said = fields.month, said != month { throw GoTimeParseError(value, "day-of-year does not match month") }
    if let said = fields.day, said != day { throw GoTimeParseError(value, "day-of-year does not match day") }
    return (month, day)
  }
}
