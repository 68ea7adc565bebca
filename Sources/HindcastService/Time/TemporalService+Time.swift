public import HindcastServer

// How time passes: what is due is done, and idle waiting is skipped where the clock allows that.

extension TemporalService {
  /// The service's time.
  public var now: ServerTime { clock.now() }

  /// When something is due next; `nil` when nothing is.
  public var nextDue: ServerTime? {
    guard let machineDue = machine.nextDue else { return sleepers.next }
    return sleepers.next.map { min($0, machineDue) } ?? machineDue
  }

  /// Moves a clock that can skip to a moment, whatever is under way: what is due on the way happens at its own time.
  public func advance(to time: ServerTime) {
    guard clock.canSkip else { return }
    while let due = nextDue, due <= time {
      clock.jump(to: due)
      if let machineDue = machine.nextDue, machineDue <= due {
        take(machine.advance(to: clock.now(), reading: cache))
      } else if let sleeper = sleepers.popDue(at: due) {
        wake(sleeper)
      }
    }
    clock.jump(to: time)
    pump()
  }

  private func wake(_ sleeper: Sleepers.Sleeper) {
    if sleeper.locks { clock.lock() }
    sleeper.continuation.resume()
  }

  /// Does what is due, skips time while nobody has anything to do, and sets the alarm for what comes next.
  func pump() {
    for _ in 0..<Self.jumpsAtATime {
      let now = clock.now()
      if let due = machine.nextDue, due <= now {
        take(machine.advance(to: now, reading: cache))
      } else if canWakeSleepers, let sleeper = sleepers.popDue(at: now) {
        wake(sleeper)
      } else if clock.isUnlocked, machine.isIdle, let next = nextDue, next > now {
        clock.jump(to: next)
      } else {
        setAlarm()
        return
      }
    }
    // Something comes due again and again (a schedule, say): others must get their turn.
    Task { self.pump() }
  }

  private static let jumpsAtATime = 100

  /// Whether sleepers may wake. Where time only skips, they do not before all has happened that their time brought about: else
  /// it would be a race which comes first.
  private var canWakeSleepers: Bool { clock.followsWall || machine.isIdle }

  private func setAlarm() {
    var wanted = deadlines.next
    if clock.followsWall, let due = nextDue {
      let instant = ContinuousClock.now + (due - clock.now())
      wanted = wanted.map { min($0, instant) } ?? instant
    }
    guard let wanted else { return }
    alarm.set(wanted) { [weak self] in await self?.ring() }
  }

  private func ring() {
    alarm.clear()
    expireCalls()
    pump()
  }
}
