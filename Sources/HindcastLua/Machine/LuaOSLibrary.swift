extension LuaMachine {
  /// Registers `os`: only the functions that tell time, against ``clock`` and ``zone``.
  func installOSLibrary() {
    setFunction("time", of: "os") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      let now = call.machine.clock()
      guard call.count > 0 else { return call.results(Double(now.seconds)) }
      try call.check(1, is: .table)
      return call.results(Double(Self.seconds(of: call, now: now)))
    }
    setFunction("date", of: "os") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      var format = Array(try call.checkString(1, or: "%c").utf8)[...]
      var zone = LuaZone.utc
      var seconds = call.machine.clock().seconds
      if call.count >= 2 {
        seconds = try call.checkInteger(2)
        guard abs(seconds) < 1 << 53 else { throw .argument(2, "time out of range") }
        zone = call.machine.zone(seconds)
      }
      if format.first == UInt8(ascii: "!") {
        zone = .utc
        format.removeFirst()
      }
      let time = LuaCivilTime(seconds: seconds, zone: zone)
      if format.elementsEqual("*t".utf8) { return call.results(dateTable: time) }
      call.push(bytes: LuaDateFormat.text(of: time, format: Array(format)))
      return .results(1)
    }
    setFunction("clock", of: "os") { call in
      let now = call.machine.clock()
      let start = call.machine.clockStart
      return call.results(Double(now.seconds - start.seconds) + Double(now.nanoseconds - start.nanoseconds) / 1e9)
    }
    setFunction("difftime", of: "os") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      call.results(try call.checkDouble(1) - call.checkDouble(2))
    }
    setField("platform", of: "os") { $0.push("wippy") }
    setGlobal(library: "os", true)
  }

  /// The second that a table names: in local time; year, month and day default to the clock's.
  private static func seconds(of call: LuaCall, now: LuaInstant) -> Int64 {
    let today = LuaCivilTime(seconds: now.seconds, zone: .utc)
    func field(_ name: String, or otherwise: Int) -> Int {
      call.field(name, of: 1) { call.integer($0).map(Int.init) } ?? otherwise
    }
    let time = LuaCivilTime(
      year: field("year", or: today.year), month: field("month", or: today.month), day: field("day", or: today.day),
      hour: field("hour", or: 0), minute: field("min", or: 0), second: field("sec", or: 0))
    guard let asUTC = time.secondsAsUTC else { return 0 }
    // As Go: the offset at the naive second, corrected once where it changes in between.
    let guess = asUTC - Int64(call.machine.zone(asUTC).offset)
    return asUTC - Int64(call.machine.zone(guess).offset)
  }
}

extension LuaCall {
  fileprivate func results(_ value: Double) -> LuaReply {
    push(value)
    return .results(1)
  }

  fileprivate func results(dateTable time: LuaCivilTime) -> LuaReply {
    pushTable(fields: 9)
    let fields = [
      ("year", time.year), ("month", time.month), ("day", time.day), ("hour", time.hour), ("min", time.minute),
      ("sec", time.second), ("wday", time.weekday + 1), ("yday", time.dayOfYear),
    ]
    for (name, value) in fields {
      push(Double(value))
      setField(name, of: -2)
    }
    // Upstream takes any zone that is not UTC for summer time.
    push(time.zone.offset != 0)
    setField("isdst", of: -2)
    return .results(1)
  }
}

/// The directives of `os.date`.
enum LuaDateFormat {
  private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// The text that a format gives; unknown directives stay.
  static func text(of time: LuaCivilTime, format: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < format.count {
      let byte = format[index]
      index += 1
      guard byte == UInt8(ascii: "%"), index < format.count else {
        result.append(byte)
        continue
      }
      let directive = Character(Unicode.Scalar(format[index]))
      index += 1
      result.append(contentsOf: text(of: directive, time).utf8)
    }
    return result
  }

  private static func text(of directive: Character, _ time: LuaCivilTime) -> String {
    switch directive {
    case "a": String(days[time.weekday].prefix(3))
    case "A": days[time.weekday]
    case "b": String(months[time.month - 1].prefix(3))
    case "B": months[time.month - 1]
    case "c":
      "\(text(of: "a", time)) \(text(of: "b", time)) \(padded(time.day, 2, " ")) \(text(of: "X", time)) \(text(of: "Y", time))"
    case "d": padded(time.day, 2)
    case "H": padded(time.hour, 2)
    case "I": padded((time.hour + 11) % 12 + 1, 2)
    case "j": padded(time.dayOfYear, 3)
    case "m": padded(time.month, 2)
    case "M": padded(time.minute, 2)
    case "p": time.hour < 12 ? "AM" : "PM"
    case "S": padded(time.second, 2)
    case "U", "W": padded(time.isoWeek, 2)
    case "w": "\(time.weekday)"
    case "x": "\(padded(time.month, 2))/\(padded(time.day, 2))/\(text(of: "y", time))"
    case "X": "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
    case "y": padded(time.year % 100, 2)
    case "Y": padded(time.year, 4)
    case "z": offset(time.zone)
    case "Z": time.zone.name
    case "%": "%"
    default: "%\(directive)"
    }
  }

  private static func offset(_ zone: LuaZone) -> String {
    let minutes = abs(zone.offset) / 60
    return (zone.offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + padded(minutes % 60, 2)
  }

  private static func padded(_ value: Int, _ width: Int, _ with: Character = "0") -> String {
    let digits = String(abs(value))
    return (value < 0 ? "-" : "") + String(repeating: with, count: max(0, width - digits.count)) + digits
  }
}
