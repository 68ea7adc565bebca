/// The functions of `time` that wait, and what timers and tickers can do (spec/wippy.md 8.3).
enum TimerFunctions {
  static func register(_ host: ModuleHost) {
    host.define("sleep", of: "time", sleep)
    starter("after", .channel, host)
    starter("timer", .timer, host)
    starter("ticker", .ticker, host)
    registerTimers(host)
  }

  private static func sleep(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    switch call.duration(1, host) {
    case .success(let nanoseconds): return try host.wait(.operation(.sleep(nanoseconds: nanoseconds)), call)
    case .failure(let complaint): return call.fail(.invalid(complaint.description).with(context: "time.sleep"), host)
    }
  }

  /// `after`, `timer` and `ticker`.
  private static func starter(_ name: String, _ result: TimerResult, _ host: ModuleHost) {
    host.define(name, of: "time") { call, host throws(LuaRaise) in
      let nanoseconds: Int64
      switch call.duration(1, host) {
      case .success(let value): nanoseconds = value
      case .failure(let complaint):
        return call.fail(.invalid(complaint.description).with(context: "time.\(name)"), host)
      }
      guard nanoseconds > 0 else { return call.fail(.invalid("time.\(name): duration must be > 0"), host) }
      guard let process = host.process else { throw .message("time.\(name): no process context") }
      let isTicker = result == .ticker
      let timer = TimerEntry(nanoseconds: nanoseconds, isTicker: isTicker)
      timer.subscription = process.subscribe(timer.channel, source: isTicker ? .ticker(timer) : .timer(timer))
      return try host.wait(.operation(.startTimer(timer, result)), call)
    }
  }

  private static func registerTimers(_ host: ModuleHost) {
    for kind in [host.timers, host.tickers] {
      for name in ["response", "channel"] {
        host.define(name, of: kind) { call, host throws(LuaRaise) in
          host.push(try call.checkObject(1, kind).channel, onto: call)
          return .results(1)
        }
      }
      host.define("stop", of: kind) { call, host throws(LuaRaise) in
        try host.wait(.operation(.stopTimer(try call.checkObject(1, kind))), call)
      }
    }
    host.define("reset", of: host.timers) { call, host throws(LuaRaise) in
      let timer = try call.checkObject(1, host.timers)
      switch call.duration(2, host) {
      case .failure(let complaint): throw .message("timer:reset: \(complaint)")
      case .success(let nanoseconds):
        guard nanoseconds > 0 else { throw .message("timer:reset: duration must be > 0") }
        return try host.wait(.operation(.resetTimer(timer, nanoseconds: nanoseconds)), call)
      }
    }
  }
}
