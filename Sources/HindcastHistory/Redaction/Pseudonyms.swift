/// Gives texts stand-ins of the same shape: letters for letters of the same case, digits for digits, everything else as it
/// is, in as many bytes.
///
/// Equal texts get equal stand-ins and different ones different ones (beyond about 12 characters with overwhelming
/// likelihood), so code that compares goes the same way. A text with a letter or a digit never stands for itself. Without the
/// key nothing leads back, except that shapes and equality can be seen.
struct Pseudonyms: Sendable {
  private let hash: SipHash

  init(_ hash: SipHash) {
    self.hash = hash
  }

  /// The stand-in for a text.
  func standIn(for text: String) -> String {
    let utf8 = Array(text.utf8)
    var characters: [Character] = []
    characters.reserveCapacity(utf8.count)
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): characters.append(.letter(byte, "a"))
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): characters.append(.letter(byte, "A"))
      case UInt8(ascii: "0")...UInt8(ascii: "9"): characters.append(.of(byte, first: "0", count: 10))
      // A letter for each byte of what is beyond ASCII, so that the length in bytes stays.
      case 0x80...: characters.append(Character(value: nil, first: UInt8(ascii: "a"), count: 26))
      default: characters.append(Character(value: 0, first: byte, count: 1))
      }
    }
    return standIn(characters, utf8)
  }

  /// The stand-in for the text of a number: as many digits, the first of several no zero, sign and exponent as they are.
  func standIn(forNumber text: String) -> String {
    let utf8 = Array(text.utf8)
    let exponent = utf8.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? utf8.endIndex
    let start = utf8.first == UInt8(ascii: "-") ? 1 : 0
    let integer = utf8[start..<exponent].prefix { $0 != UInt8(ascii: ".") }
    let characters = utf8.enumerated().map { index, byte in
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      guard isDigit, index < exponent else { return Character(value: 0, first: byte, count: 1) }
      let leads = index == start && integer.count > 1
      return leads && byte != UInt8(ascii: "0")
        ? Character.of(byte, first: "1", count: 9) : Character.of(byte, first: "0", count: 10)
    }
    return standIn(characters, utf8)
  }

  /// One byte of a text: its place among those that may stand for it.
  private struct Character {
    /// The place; nil for a byte that is none of them.
    var value: UInt8?
    var first: UInt8
    var count: UInt64

    static func of(_ byte: UInt8, first: Unicode.Scalar, count: UInt64) -> Character {
      let first = UInt8(ascii: first)
      return Character(value: byte - first, first: first, count: count)
    }

    static func letter(_ byte: UInt8, _ first: Unicode.Scalar) -> Character { of(byte, first: first, count: 26) }
  }

  private func standIn(_ characters: [Character], _ utf8: [UInt8]) -> String {
    let shape = characters.flatMap { [$0.first, UInt8($0.count)] }
    if let (index, count) = Self.index(of: characters) {
      guard count > 1 else { return String(decoding: utf8, as: UTF8.self) }
      let cycle = KeyedCycle(hash, tweak: hash(shape), count: count)
      return Self.text(characters, index: cycle.successor(of: index))
    }
    // Too many texts have the shape to number them: chance decides each byte, and makes no two the same.
    for attempt in 0...UInt8.max {
      let seed = hash(shape + [attempt] + utf8)
      var out: [UInt8] = []
      out.reserveCapacity(characters.count)
      for (index, character) in characters.enumerated() {
        let draw = withUnsafeBytes(of: (seed, UInt64(index))) { hash($0) }
        out.append(character.first + UInt8(draw % character.count))
      }
      if out != utf8 { return String(decoding: out, as: UTF8.self) }
    }
    return String(repeating: "x", count: utf8.count)
  }

  /// The number of a text among all of its shape, and how many those are; nil where they are too many, or the text is none.
  private static func index(of characters: [Character]) -> (index: UInt64, count: UInt64)? {
    var index: UInt64 = 0
    var count: UInt64 = 1
    for character in characters {
      guard let value = character.value else { return nil }
      let (product, overflows) = count.multipliedReportingOverflow(by: character.count)
      if overflows || product > KeyedCycle.limit { return nil }
      count = product
      index = index * character.count + UInt64(value)
    }
    return (index, count)
  }

  private static func text(_ characters: [Character], index: UInt64) -> String {
    var index = index
    var out: [UInt8] = []
    for character in characters.reversed() {
      out.append(character.first + UInt8(index % character.count))
      index /= character.count
    }
    return String(decoding: out.reversed(), as: UTF8.self)
  }
}

/// The numbers below a bound in one cycle, whose order only the key tells: each has another one as its successor.
private struct KeyedCycle {
  /// The most numbers that a cycle can have.
  static let limit: UInt64 = 1 << 62

  private let hash: SipHash
  private let tweak: UInt64
  private let count: UInt64
  /// Bits of each half of a number.
  private let half: UInt64
  private static let rounds: UInt64 = 8

  init(_ hash: SipHash, tweak: UInt64, count: UInt64) {
    self.hash = hash
    self.tweak = tweak
    self.count = count
    let bits = UInt64(64 - (count - 1).leadingZeroBitCount)
    half = max(1, (bits + 1) / 2)
  }

  /// With a permutation p, p⁻¹(p(x) + 1) goes round through all numbers before it comes back, so no number is its own.
  func successor(of number: UInt64) -> UInt64 {
    inverse((permuted(number) + 1) % count)
  }

  /// A Feistel network permutes all numbers of its bits; going on until the bound is met permutes those below it.
  private func permuted(_ number: UInt64) -> UInt64 {
    var number = number
    repeat {
      var (left, right) = (number >> half, number & mask)
      for round in 0..<Self.rounds { (left, right) = (right, left ^ function(round, right)) }
      number = left << half | right
    } while number >= count
    return number
  }

  private func inverse(_ number: UInt64) -> UInt64 {
    var number = number
    repeat {
      var (left, right) = (number >> half, number & mask)
      for round in (0..<Self.rounds).reversed() { (left, right) = (right ^ function(round, left), left) }
      number = left << half | right
    } while number >= count
    return number
  }

  private var mask: UInt64 { (1 << half) - 1 }

  private func function(_ round: UInt64, _ value: UInt64) -> UInt64 {
    withUnsafeBytes(of: (tweak, round, value)) { hash($0) } & mask
  }
}
