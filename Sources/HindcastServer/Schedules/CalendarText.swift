internal import SwiftProtobuf
internal import TemporalServiceAPI

typealias ScheduleSpecMessage = Temporal_Api_Schedule_V1_ScheduleSpec
typealias CalendarMessage = Temporal_Api_Schedule_V1_CalendarSpec
typealias StructuredCalendar = Temporal_Api_Schedule_V1_StructuredCalendarSpec
typealias IntervalMessage = Temporal_Api_Schedule_V1_IntervalSpec
typealias CalendarRange = Temporal_Api_Schedule_V1_Range

/// Why a schedule's specification is refused, in the real server's words without `Invalid schedule spec: `.
struct ScheduleSpecRefusal: Error, Sendable, Equatable {
  var message: String

  init(_ message: String) { self.message = message }
}

/// A field of a calendar: its name in refusals and the values that it can have.
struct CalendarField: Sendable {
  var name: String
  var range: ClosedRange<Int>
  /// Names of values, in order from `firstName` on; at least so many letters of one are enough.
  var names: [String] = []
  var firstName = 0
  var shortestName = 0
  /// What the field means when it is left out.
  var standard = "*"

  static let second = CalendarField(name: "Second", range: 0...59, standard: "0")
  static let minute = CalendarField(name: "Minute", range: 0...59, standard: "0")
  static let hour = CalendarField(name: "Hour", range: 0...23, standard: "0")
  static let dayOfMonth = CalendarField(name: "DayOfMonth", range: 1...31)
  static let month = CalendarField(
    name: "Month", range: 1...12,
    names: [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
      "december",
    ], firstName: 1, shortestName: 3)
  static let year = CalendarField(name: "Year", range: 2000...2100)
  /// Sunday is 0, in texts also 7.
  static let dayOfWeek = CalendarField(
    name: "DayOfWeek", range: 0...6,
    names: ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"], shortestName: 2)

  /// `*`, `5`, `1-5`, `1-5/2`, `3/5`, names, and lists of these.
  func parse(_ text: String) throws(ScheduleSpecRefusal) -> [CalendarRange] {
    let trimmed = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let text = trimmed.isEmpty ? standard : trimmed
    // All years are none at all.
    if text == "*", name == "Year" { return [] }
    var ranges: [CalendarRange] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) { ranges += try parse(part: part) }
    return ranges
  }

  private var textRange: ClosedRange<Int> { name == "DayOfWeek" ? 0...7 : range }

  private func parse(part: Substring) throws(ScheduleSpecRefusal) -> [CalendarRange] {
    let limits = "[\(textRange.lowerBound)-\(textRange.upperBound)]"
    let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
    if pieces.count > 2 { throw .init("\(name) has too many slashes") }
    var step = 1
    if pieces.count == 2 {
      if pieces[1].isEmpty { throw .init("\(name) missing step value") }
      guard let given = Int(pieces[1]) else {
        throw .init("strconv.Atoi: parsing \"\(pieces[1])\": invalid syntax")
      }
      if given < 1 { throw .init("\(name) has invalid Step") }
      step = min(given, 1 << 30)
    }
    var start = textRange.lowerBound
    var end = textRange.upperBound
    if pieces[0] != "*" {
      let bounds = pieces[0].split(separator: "-", omittingEmptySubsequences: false)
      if bounds.count > 2 { throw .init("\(name) has too many dashes") }
      guard let first = value(bounds[0]) else {
        throw .init(bounds.count == 2 ? "\(name) Start is not in range \(limits)" : "\(name) is not in range \(limits)")
      }
      start = first
      if bounds.count == 2 {
        guard let last = value(bounds[1]), last >= start else {
          throw .init("\(name) End is before Start or not in range \(limits)")
        }
        end = last
      } else if pieces.count == 1 {
        end = start
      }
    }
    var ranges: [CalendarRange] = []
    if name == "DayOfWeek", end == 7 {
      if (7 - start) % step == 0, step > 1 || start > 1 {
        ranges.append(.init())
        if start == 7 { return ranges }
      }
      end = 6
    }
    ranges.append(
      .with {
        // Left out where it is what it would be anyway.
        $0.start = Int32(start)
        $0.end = start == end ? 0 : Int32(end)
        $0.step = step == 1 ? 0 : Int32(step)
      })
    return ranges
  }

  private func value(_ text: Substring) -> Int? {
    if shortestName > 0, text.count >= shortestName {
      let lowered = text.lowercased()
      if let index = names.firstIndex(where: { $0.hasPrefix(lowered) }) { return index + firstName }
    }
    guard let number = Int(text), textRange.contains(number) else { return nil }
    return number
  }
}

extension StructuredCalendar {
  /// A calendar whose fields are texts.
  init(_ calendar: CalendarMessage) throws(ScheduleSpecRefusal) {
    self.init()
    var faults: [String] = []
    func ranges(_ text: String, _ field: CalendarField) -> [CalendarRange] {
      do throws(ScheduleSpecRefusal) {
        return try field.parse(text)
      } catch {
        faults.append(error.message)
        return []
      }
    }
    second = ranges(calendar.second, .second)
    minute = ranges(calendar.minute, .minute)
    hour = ranges(calendar.hour, .hour)
    dayOfWeek = ranges(calendar.dayOfWeek, .dayOfWeek)
    dayOfMonth = ranges(calendar.dayOfMonth, .dayOfMonth)
    month = ranges(calendar.month, .month)
    year = ranges(calendar.year, .year)
    comment = calendar.comment
    if !faults.isEmpty { throw .init(faults.joined(separator: ", ")) }
  }

  /// The fields with their ranges.
  fileprivate var fields: [(field: CalendarField, ranges: [CalendarRange])] {
    [
      (.second, second), (.minute, minute), (.hour, hour), (.dayOfMonth, dayOfMonth), (.month, month), (.year, year),
      (.dayOfWeek, dayOfWeek),
    ]
  }

  /// - Throws: What is wrong with the ranges.
  func check() throws(ScheduleSpecRefusal) {
    var faults: [String] = []
    for (field, ranges) in fields {
      let limits = "[\(field.range.lowerBound)-\(field.range.upperBound)]"
      for range in ranges {
        if !field.range.contains(Int(range.start)) { faults.append("\(field.name) Start is not in range \(limits)") }
        if range.end != 0, range.end < range.start || range.end > field.range.upperBound {
          faults.append("\(field.name) End is before Start or not in range \(limits)")
        }
        if range.step < 0 { faults.append("\(field.name) has invalid Step") }
      }
    }
    if comment.utf8.count > 200 { faults.append("comment is too long") }
    if !faults.isEmpty { throw .init("invalid calendar spec: " + faults.joined(separator: ", ")) }
  }

  /// With the end and the step of each range filled in, as descriptions show them.
  var filledIn: StructuredCalendar {
    var filled = self
    func fill(_ ranges: inout [CalendarRange]) {
      for index in ranges.indices {
        ranges[index].end = max(ranges[index].end, ranges[index].start)
        if ranges[index].step == 0 { ranges[index].step = 1 }
      }
    }
    fill(&filled.second)
    fill(&filled.minute)
    fill(&filled.hour)
    fill(&filled.dayOfMonth)
    fill(&filled.month)
    fill(&filled.year)
    fill(&filled.dayOfWeek)
    return filled
  }
}
