/// `time` (spec/wippy.md 8.3).
enum TimeModule: LuaModule {
  static func register(_ host: ModuleHost) {
    registerConstants(host)
    host.define("now", of: "time") { call, host throws(LuaRaise) in
      guard let client = host.client else { throw .message("no context") }
      call.push(TimeValue(client.now, zone: .utc), host.times)
      return .results(1)
    }
    registerMakers(host)
    TimerFunctions.register(host)
    TimeMethods.register(host)
    DurationMethods.register(host)
  }

  private static func registerConstants(_ host: ModuleHost) {
    let durations: [(String, Double)] = [
      ("NANOSECOND", 1), ("MICROSECOND", 1e3), ("MILLISECOND", 1e6), ("SECOND", 1e9), ("MINUTE", 60e9),
      ("HOUR", 3600e9),
    ]
    for (name, value) in durations { host.machine.setField(name, of: "time") { $0.push(value) } }
    for (name, layout) in layouts { host.machine.setField(name, of: "time") { $0.push(layout) } }
    for (index, month) in GoTime.months.enumerated() {
      host.machine.setField(month.uppercased(), of: "time") { $0.push(Double(index + 1)) }
    }
    for (index, day) in GoTime.weekdays.enumerated() {
      host.machine.setField(day.uppercased(), of: "time") { $0.push(Double(index)) }
    }
    host.machine.setField("utc", of: "time") { $0.push(LocationValue(.utc), host.locations) }
    host.machine.setField("localtz", of: "time") { $0.push(LocationValue(.local), host.locations) }
  }

  private static let layouts: [(String, String)] = [
    ("RFC3339", GoLayout.rfc3339), ("RFC3339NANO", "2006-01-02T15:04:05.999999999Z07:00"),
    ("RFC822", "02 Jan 06 15:04 MST"),
    ("RFC822Z", "02 Jan 06 15:04 -0700"), ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"), ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("KITCHEN", "3:04PM"), ("STAMP", "Jan _2 15:04:05"), ("STAMP_MILLI", "Jan _2 15:04:05.000"),
    ("STAMP_MICRO", "Jan _2 15:04:05.000000"), ("STAMP_NANO", "Jan _2 15:04:05.000000000"),
    ("DATE_TIME", "2006-01-02 15:04:05"), ("DATE_ONLY", "2006-01-02"), ("TIME_ONLY", "15:04:05"),
  ]

  // MARK: Making times

  private static func registerMakers(_ host: ModuleHost) {
    host.define("date", of: "time") { call, host throws(LuaRaise) in
      let time = GoTime(
        year: try call.checkInteger(1), month: try call.checkInteger(2), day: try call.checkInteger(3),
        hour: try call.checkInteger(4), minute: try call.checkInteger(5), second: try call.checkInteger(6),
        nanosecond: try call.checkInteger(7), zone: try zone(call, host, 8))
      call.push(TimeValue(time), host.times)
      return .results(1)
    }
    host.define("unix", of: "time") { call, host throws(LuaRaise) in
      let time = GoTime(unix: try call.checkInteger(1), nanoseconds: try call.checkInteger(2), zone: .local)
      call.push(TimeValue(time), host.times)
      return .results(1)
    }
    host.define("parse", of: "time") { call, host throws(LuaRaise) in
      let (layout, value) = (try call.checkBytes(1), try call.checkBytes(2))
      let zone = try zone(call, host, 3)
      do throws(GoTimeParseError) {
        call.push(TimeValue(try GoTime(parsing: value, layout: layout, zone: zone)), host.times)
        return .results(1)
      } catch {
        return call.fail(.invalid(error.description).with(context: "time.parse"), host)
      }
    }
    host.define("parse_duration", of: "time") { call, host throws(LuaRaise) in
      switch call.looseDuration(1, host) {
      case .success(let nanoseconds):
        call.push(DurationValue(nanoseconds: nanoseconds), host.durations)
        return .results(1)
      case .failure(let complaint):
        return call.fail(.invalid(complaint.description).with(context: "time.parse_duration"), host)
      }
    }
    host.define("load_location", of: "time") { call, host throws(LuaRaise) in
      let name = try call.checkString(1)
      if name.isEmpty { return call.fail(.invalid("empty location name"), host) }
      do throws(GoZoneError) {
        call.push(LocationValue(try GoZone.load(name)), host.locations)
        return .results(1)
      } catch {
        return call.fail(.notFound(error.description).with(context: "time.load_location"), host)
      }
    }
    host.define("fixed_zone", of: "time") { call, host throws(LuaRaise) in
      let zone = GoZone.fixed(name: try call.checkString(1), offset: Int(clamping: try call.checkInteger(2)))
      call.push(LocationValue(zone), host.locations)
      return .results(1)
    }
  }

  /// The zone at an argument; the worker's where there is none.
  private static func zone(_ call: LuaCall, _ host: ModuleHost, _ position: Int) throws(LuaRaise) -> GoZone {
    guard call.count >= position else { return .local }
    guard let location = call.object(position, host.locations) else { throw .argument(position, "location expected") }
    return location.zone
  }
}
