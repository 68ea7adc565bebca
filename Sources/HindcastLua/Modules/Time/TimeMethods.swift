/// The methods of times and locations.
enum TimeMethods {
  static func register(_ host: ModuleHost) {
    registerReaders(host)
    registerChanges(host)
    registerComparisons(host)
    host.locations.setDescription { location, purpose in purpose == .text ? location.zone.name : nil }
    host.define("string", of: host.locations) { call, host throws(LuaRaise) in
      try call.check(1, is: .userdata)
      guard let location = call.object(1, host.locations) else { throw .argument(1, "location expected") }
      return call.reply(location.zone.name)
    }
  }

  private static func time(_ call: LuaCall, _ host: ModuleHost, _ position: Int = 1) throws(LuaRaise) -> GoTime {
    guard let value = call.object(position, host.times) else { throw .argument(position, "time expected") }
    return value.time
  }

  private static func duration(_ call: LuaCall, _ host: ModuleHost, _ position: Int) throws(LuaRaise) -> Int64 {
    guard let value = call.object(position, host.durations) else { throw .argument(position, "duration expected") }
    return value.nanoseconds
  }

  private static func push(_ time: GoTime, _ call: LuaCall, _ host: ModuleHost) -> LuaReply {
    call.push(TimeValue(time), host.times)
    return .results(1)
  }

  /// Fields that are numbers: all of them floats.
  private static let numbers: [(String, @Sendable (GoTime) -> Double)] = [
    ("unix", { Double($0.instant.seconds) }), ("unix_nano", { Double($0.unixNanoseconds) }),
    ("year", { Double($0.civil.year) }), ("month", { Double($0.civil.month) }), ("day", { Double($0.civil.day) }),
    ("hour", { Double($0.civil.hour) }), ("minute", { Double($0.civil.minute) }),
    ("second", { Double($0.civil.second) }), ("nanosecond", { Double($0.instant.nanoseconds) }),
    ("weekday", { Double($0.civil.weekday) }), ("year_day", { Double($0.civil.dayOfYear) }),
  ]

  private static func registerReaders(_ host: ModuleHost) {
    let kind = host.times
    kind.setDescription { value, purpose in purpose == .text ? value.time.text : nil }
    for (name, read) in numbers {
      host.define(name, of: kind) { call, host throws(LuaRaise) in call.reply(read(try time(call, host))) }
    }
    host.define("date", of: kind) { call, host throws(LuaRaise) in
      let date = try time(call, host).civil
      for number in [date.year, date.month, date.day] { call.push(Double(number)) }
      return .results(3)
    }
    host.define("clock", of: kind) { call, host throws(LuaRaise) in
      let clock = try time(call, host).civil
      for number in [clock.hour, clock.minute, clock.second] { call.push(Double(number)) }
      return .results(3)
    }
    host.define("is_zero", of: kind) { call, host throws(LuaRaise) in call.reply(try time(call, host).isZero) }
    host.define("format", of: kind) { call, host throws(LuaRaise) in
      call.push(bytes: try time(call, host).format(try call.checkBytes(2)))
      return .results(1)
    }
    host.define("format_rfc3339", of: kind) { call, host throws(LuaRaise) in
      call.reply(try time(call, host).format(GoLayout.rfc3339))
    }
    host.define("location", of: kind) { call, host throws(LuaRaise) in
      call.push(LocationValue(try time(call, host).zone), host.locations)
      return .results(1)
    }
  }

  private static func registerChanges(_ host: ModuleHost) {
    let kind = host.times
    host.define("add", of: kind) { call, host throws(LuaRaise) in
      let time = try time(call, host)
      switch call.looseDuration(2, host) {
      case .success(let nanoseconds): return push(time.adding(nanoseconds: nanoseconds), call, host)
      case .failure(let complaint): throw .argument(2, complaint.description)
      }
    }
    host.define("sub", of: kind) { call, host throws(LuaRaise) in
      let distance = try time(call, host).since(try time(call, host, 2))
      call.push(DurationValue(nanoseconds: distance), host.durations)
      return .results(1)
    }
    host.define("add_date", of: kind) { call, host throws(LuaRaise) in
      push(
        try time(call, host).adding(
          years: try call.checkInteger(2), months: try call.checkInteger(3), days: try call.checkInteger(4)), call,
        host)
    }
    host.define("in_location", of: kind) { call, host throws(LuaRaise) in
      var time = try time(call, host)
      guard let location = call.object(2, host.locations) else { throw .argument(2, "location expected") }
      time.zone = location.zone
      return push(time, call, host)
    }
    for (name, zone) in [("utc", GoZone.utc), ("in_local", .local)] {
      host.define(name, of: kind) { call, host throws(LuaRaise) in
        var time = try time(call, host)
        time.zone = zone
        return push(time, call, host)
      }
    }
    host.define("round", of: kind) { call, host throws(LuaRaise) in
      push(try time(call, host).rounded(to: try duration(call, host, 2)), call, host)
    }
    host.define("truncate", of: kind) { call, host throws(LuaRaise) in
      push(try time(call, host).truncated(to: try duration(call, host, 2)), call, host)
    }
  }

  private static func registerComparisons(_ host: ModuleHost) {
    let comparisons: [(String, (GoTime, GoTime) -> Bool)] = [
      ("after", { $1.isBefore($0) }), ("before", { $0.isBefore($1) }), ("equal", { $0.instant == $1.instant }),
    ]
    for (name, compare) in comparisons {
      host.define(name, of: host.times) { call, host throws(LuaRaise) in
        call.reply(compare(try time(call, host), try time(call, host, 2)))
      }
    }
  }
}
