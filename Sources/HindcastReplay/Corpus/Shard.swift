/// One of several equal parts of a corpus, for spreading it over machines.
///
/// Files are dealt out in turn, so that a folder of large histories does not end up in one part.
public struct Shard: Sendable, Hashable {
  /// The number of the part, from 1.
  public let number: Int
  /// How many parts there are.
  public let count: Int

  /// The part that is everything.
  public static let whole = Shard(number: 1, count: 1)

  private init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }

  /// Makes a part; nil unless 1 ≤ number ≤ count.
  public init?(_ number: Int, of count: Int) {
    guard number >= 1, number <= count else { return nil }
    self.init(number: number, count: count)
  }

  /// Reads `I/N`, such as `2/5`; nil where the text is no such thing.
  public init?(parsing text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else { return nil }
    self.init(number, of: count)
  }

  /// Whether the file at this place of the corpus, from 0, belongs to the part.
  public func contains(_ index: Int) -> Bool { index % count == number - 1 }
}

extension Shard: CustomStringConvertible {
  /// `I/N`.
  public var description: String { "\(number)/\(count)" }
}
