import HindcastCore

/// A `time.Time` of Lua.
final class TimeValue {
  let time: GoTime

  init(_ time: GoTime) {
    self.time = time
  }

  convenience init(_ time: WorkflowTime, zone: GoZone) {
    self.init(GoTime(time, zone: zone))
  }
}

extension GoTime {
  /// The time of a workflow's clock.
  init(_ time: WorkflowTime, zone: GoZone) {
    self.init(LuaInstant(seconds: time.seconds, nanoseconds: time.nanoseconds), zone: zone)
  }
}

/// A `time.Duration` of Lua.
final class DurationValue {
  let nanoseconds: Int64

  init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }
}

/// A `time.Location` of Lua.
final class LocationValue {
  let zone: GoZone

  init(_ zone: GoZone) {
    self.zone = zone
  }
}

/// A timer, ticker or `time.after` channel.
final class TimerEntry {
  let channel: Channel
  let nanoseconds: Int64
  let isTicker: Bool
  /// Where its ticks go.
  weak var subscription: Subscription?
  /// Whether a server-side timer that is under way still counts.
  var isArmed = false
  /// A timer that was reset is not found again by `stop` (spec/wippy.md 8.3).
  var isReset = false

  init(nanoseconds: Int64, isTicker: Bool) {
    self.nanoseconds = nanoseconds
    self.isTicker = isTicker
    channel = Channel(capacity: isTicker ? 16 : 1)
  }
}
