/// Where side effects take their randomness from.
struct RandomBytes {
  private enum Source {
    case system
    /// One sequence a side effect, so that a value does not depend on how many before it were replayed.
    case seeded(seed: UInt64, call: UInt64, state: UInt64)
  }

  private var source: Source
  /// The last time that a version 7 UUID was given: milliseconds since 1970, and 12 bits that count within one.
  private var lastTick: Int64 = 0

  /// The operating system's: for workers.
  static let system = RandomBytes(source: .system)

  /// Sequences that belong to a run: two replays of an open history go on alike.
  static func run(_ runID: String) -> RandomBytes {
    RandomBytes(source: .seeded(seed: FNV1.hash64(runID.utf8), call: 0, state: 0))
  }

  private init(source: Source) {
    self.source = source
  }

  /// Begins the next side effect, whether its value will be asked for or not.
  mutating func beginSideEffect() {
    guard case .seeded(let seed, let call, _) = source else { return }
    source = .seeded(seed: seed, call: call + 1, state: Self.mix(seed &+ Self.mix(call + 1)))
  }

  mutating func next(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      let word = word()
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return Array(bytes.prefix(count))
  }

  /// Splitmix64.
  private mutating func word() -> UInt64 {
    switch source {
    case .system:
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    case .seeded(let seed, let call, let state):
      let next = state &+ 0x9E37_79B9_7F4A_7C15
      source = .seeded(seed: seed, call: call, state: next)
      return Self.mix(next)
    }
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var word = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  /// The time for a version 7 UUID: later than all before, as upstream's are, though a workflow's clock stands still
  /// within a task.
  mutating func tick(at time: LuaInstant) -> Int64 {
    let milliseconds = time.seconds &* 1_000 &+ Int64(time.nanoseconds / 1_000_000)
    let fraction = Int64(time.nanoseconds % 1_000_000) >> 8
    lastTick = max(milliseconds &* 4_096 &+ fraction, lastTick &+ 1)
    return lastTick
  }
}
