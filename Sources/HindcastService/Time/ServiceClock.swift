internal import Foundation
internal import HindcastServer

/// A service's clock, which may be ahead of the wall's.
struct ServiceClock: Sendable {
  private let mode: ServiceConfiguration.Clock
  /// How far the clock is ahead of the wall's, where it follows that.
  private var ahead: Int64 = 0
  /// The time that was told last: it never goes back.
  private(set) var last: ServerTime
  /// How many ask that no time be skipped.
  private(set) var locks = 0

  init(_ mode: ServiceConfiguration.Clock) {
    self.mode = mode
    switch mode {
    case .real: last = Self.wall
    case .skipping(let locked):
      last = Self.wall
      locks = locked ? 1 : 0
    case .virtual(let start, let locked):
      last = start
      locks = locked ? 1 : 0
    }
  }

  /// Whether time passes by itself.
  var followsWall: Bool {
    if case .virtual = mode { return false }
    return true
  }

  /// Whether time may be skipped at all.
  var canSkip: Bool { mode != .real }

  /// Whether time may be skipped now, as far as callers allow it.
  var isUnlocked: Bool { canSkip && locks == 0 }

  /// Tells the time.
  mutating func now() -> ServerTime {
    if followsWall { last = max(last, ServerTime(nanoseconds: Self.wall.nanoseconds &+ ahead)) }
    return last
  }

  /// Skips to a moment.
  mutating func jump(to time: ServerTime) {
    let now = now()
    guard time > now else { return }
    ahead &+= time.nanoseconds &- now.nanoseconds
    last = time
  }

  /// Goes on where a service stood that was there before.
  mutating func resume(at time: ServerTime) {
    if canSkip { jump(to: time) }
  }

  mutating func lock() { locks += 1 }

  /// - Returns: `false` if there was no lock.
  mutating func unlock() -> Bool {
    guard locks > 0 else { return false }
    locks -= 1
    return true
  }

  private static var wall: ServerTime {
    // Counted from 2001, where a `Date` is exact to a tenth of a microsecond. (The C clock's `timespec` is out of reach here:
    // which module declares it depends on the order in which the compiler reads modules.)
    let seconds = Date().timeIntervalSinceReferenceDate
    return ServerTime(nanoseconds: secondsBefore2001 * 1_000_000_000 + Int64(seconds * 1_000_000_000))
  }

  /// From 1970.
  private static let secondsBefore2001 = Int64(Date.timeIntervalBetween1970AndReferenceDate)
}
