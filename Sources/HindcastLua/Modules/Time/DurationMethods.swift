import HindcastRegistry

/// The methods of durations. All their numbers are floats.
enum DurationMethods {
  static func register(_ host: ModuleHost) {
    host.durations.setDescription { duration, purpose in
      purpose == .text ? GoDuration.format(nanoseconds: duration.nanoseconds) : nil
    }
    let units: [(String, (Int64) -> Double)] = [
      ("nanoseconds", { Double($0) }), ("microseconds", { Double($0 / 1_000) }),
      ("milliseconds", { Double($0 / 1_000_000) }), ("seconds", { fraction($0, of: 1_000_000_000) }),
      ("minutes", { fraction($0, of: 60_000_000_000) }), ("hours", { fraction($0, of: 3_600_000_000_000) }),
    ]
    for (name, convert) in units {
      host.define(name, of: host.durations) { call, host throws(LuaRaise) in
        try call.check(1, is: .userdata)
        guard let duration = call.object(1, host.durations) else { throw .argument(1, "duration expected") }
        return call.reply(convert(duration.nanoseconds))
      }
    }
  }

  /// As Go: the whole part and the rest are divided apart, which keeps more digits.
  private static func fraction(_ nanoseconds: Int64, of unit: Int64) -> Double {
    Double(nanoseconds / unit) + Double(nanoseconds % unit) / Double(unit)
  }
}

// MARK: Arguments

extension LuaCall {
  /// The duration at an argument of a function that waits: a number of nanoseconds, Go's text, or a duration.
  func duration(_ position: Int, _ host: ModuleHost) -> Result<Int64, PayloadError> {
    durationValue(position, host) ?? .failure(PayloadError("duration must be number or string"))
  }

  /// The duration at an argument of any other function, which complains in other words.
  func looseDuration(_ position: Int, _ host: ModuleHost) -> Result<Int64, PayloadError> {
    if let duration = durationValue(position, host) { return duration }
    guard type(position) == .userdata else {
      return .failure(PayloadError("invalid value type: \(goTypeName(position))"))
    }
    return .failure(PayloadError("invalid duration type: *\(typeName(position))"))
  }

  private func durationValue(_ position: Int, _ host: ModuleHost) -> Result<Int64, PayloadError>? {
    switch type(position) {
    case .number: return .success(integer(position) ?? 0)
    case .string:
      do throws(GoDurationError) {
        return .success(try GoDuration.parse(string(position) ?? ""))
      } catch {
        return .failure(PayloadError(error.description))
      }
    case .userdata: return object(position, host.durations).map { .success($0.nanoseconds) }
    default: return nil
    }
  }

  /// What the upstream interpreter's own types are called.
  private func goTypeName(_ position: Int) -> String {
    switch type(position) {
    case .boolean: "lua.LBool"
    case .table: "*lua.LTable"
    case .function: "*lua.LFunction"
    case .thread: "*lua.LState"
    default: "*lua.LNilType"
    }
  }
}
