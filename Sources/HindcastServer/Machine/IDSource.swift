/// Makes the ids and the chances of a server from a seed: the same seed, the same histories.
public struct IDSource: Sendable, Equatable, RandomNumberGenerator {
  /// Where the source stands: a source with this seed goes on from here.
  public private(set) var state: UInt64

  /// A source that gives the same values for the same seed (SplitMix64).
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A random UUID (version 4), as the server gives request ids and the runs of a chain.
  package mutating func uuid() -> String {
    Self.text(high: next() & ~0xf000 | 0x4000, low: next())
  }

  /// A UUID that sorts by time (version 7), as the server gives runs that a request starts.
  mutating func timedUUID(at now: Int64) -> String {
    let milliseconds = UInt64(bitPattern: now / 1_000_000) << 16
    return Self.text(high: milliseconds | 0x7000 | next() & 0x0fff, low: next())
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func text(high: UInt64, low: UInt64) -> String {
    let low = low & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
    return String(unsafeUninitializedCapacity: 36) { buffer in
      var place = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          buffer[place] = UInt8(ascii: "-")
          place += 1
        }
        let word = index < 16 ? high : low
        buffer[place] = digits[Int(word >> UInt64(60 - 4 * (index % 16)) & 0xf)]
        place += 1
      }
      return 36
    }
  }
}
