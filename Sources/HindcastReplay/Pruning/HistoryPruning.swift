/// Which files of a corpus are worth keeping: a small set that shows everything that the whole corpus shows.
///
/// Protected files are kept first. Then, as long as something is not shown, the file that shows most of it is kept; of equals
/// the one with the fewest events, of those the first by name. In the end, files that turn out to show nothing that the
/// others do not are dropped again, the longest first. The result depends on nothing but the candidates, not on their order.
public struct HistoryPruning: Sendable {
  /// What becomes of a file.
  public enum Decision: Sendable, Equatable {
    /// It is kept because of its protection.
    case protected(PruneCandidate.Protection)
    /// It is kept for what it shows: how many things of each kind no file kept before it shows.
    case kept([CorpusFeature.Kind: Int])
    /// It holds the same histories as another file, which is kept.
    case duplicate(of: String)
    /// One file that is kept shows all that it shows.
    case within(String)
    /// The files that are kept show, together, all that it shows.
    case covered

    /// Whether the file is kept.
    public var isKept: Bool {
      switch self {
      case .protected, .kept: true
      case .duplicate, .within, .covered: false
      }
    }
  }

  /// The files by name.
  public private(set) var candidates: [PruneCandidate]
  /// What becomes of each.
  public private(set) var decisions: [Decision]

  private let features: [CorpusFeature]
  private let sets: [FeatureSet]

  /// Decides on files of different names.
  public init(_ candidates: [PruneCandidate]) {
    self.candidates = candidates.sorted { $0.file < $1.file }
    features = candidates.reduce(into: Set()) { $0.formUnion($1.features) }.sorted()
    let numbers = Dictionary(uniqueKeysWithValues: features.enumerated().map { ($1, $0) })
    let count = features.count
    sets = self.candidates.map { candidate in
      var set = FeatureSet(count: count)
      for feature in candidate.features { if let number = numbers[feature] { set.insert(number) } }
      return set
    }
    decisions = Array(repeating: .covered, count: candidates.count)
    decide()
  }

  /// The files that are kept.
  public var kept: [PruneCandidate] { zip(candidates, decisions).filter { $1.isKept }.map(\.0) }
  /// The files that are not.
  public var dropped: [PruneCandidate] { zip(candidates, decisions).filter { !$1.isKept }.map(\.0) }
  /// How many things of each kind the corpus shows, before and after.
  public var shown: [CorpusFeature.Kind: Int] { Dictionary(features.map { ($0.kind, 1) }, uniquingKeysWith: +) }

  // MARK: Deciding

  private mutating func decide() {
    var shown = FeatureSet(count: features.count)
    // Of copies a file that is named is kept, or the first.
    var originals: [[UInt8]: Int] = [:]
    for (index, candidate) in candidates.enumerated() where !candidate.content.isEmpty {
      let known = originals[candidate.content]
      if known == nil || candidate.protection == .expected { originals[candidate.content] = index }
    }
    for (index, candidate) in candidates.enumerated() {
      guard let protection = candidate.protection else { continue }
      if protection != .expected, let original = originals[candidate.content], original != index {
        decisions[index] = .duplicate(of: candidates[original].file)
        continue
      }
      decisions[index] = .protected(protection)
      shown.formUnion(sets[index])
    }
    let chosen = cover(beyond: shown)
    explain(without(superfluous: chosen, beside: shown), shown)
    relate()
  }

  /// Files that together show what `shown` lacks, in the order in which they were chosen.
  private func cover(beyond shown: FeatureSet) -> [Int] {
    var shown = shown
    var open = candidates.indices.filter { candidates[$0].protection == nil }
    var chosen: [Int] = []
    while true {
      var best: (index: Int, gain: Int)?
      // What adds nothing now will never add anything again.
      open.removeAll { index in
        let gain = sets[index].count(without: shown)
        if gain > 0, best.map({ gain > $0.gain || gain == $0.gain && isShorter(index, than: $0.index) }) ?? true {
          best = (index, gain)
        }
        return gain == 0
      }
      guard let best else { return chosen }
      chosen.append(best.index)
      shown.formUnion(sets[best.index])
    }
  }

  private func isShorter(_ a: Int, than b: Int) -> Bool {
    (candidates[a].events, candidates[a].file) < (candidates[b].events, candidates[b].file)
  }

  /// The chosen without those that the others make superfluous.
  private func without(superfluous chosen: [Int], beside protected: FeatureSet) -> [Int] {
    var kept = chosen
    for index in chosen.sorted(by: { isShorter($1, than: $0) }) {
      var others = protected
      for other in kept where other != index { others.formUnion(sets[other]) }
      if sets[index].count(without: others) == 0 { kept.removeAll { $0 == index } }
    }
    return kept
  }

  private mutating func explain(_ kept: [Int], _ protected: FeatureSet) {
    var shown = protected
    for index in kept {
      var counts: [CorpusFeature.Kind: Int] = [:]
      for number in sets[index].members(without: shown) { counts[features[number].kind, default: 0] += 1 }
      decisions[index] = .kept(counts)
      shown.formUnion(sets[index])
    }
  }

  /// Names, for each file that goes, one that shows all that it shows, if there is one.
  private mutating func relate() {
    let kept = candidates.indices.filter { decisions[$0].isKept }.sorted { isShorter($0, than: $1) }
    for index in candidates.indices where decisions[index] == .covered {
      guard let better = kept.first(where: { sets[index].count(without: sets[$0]) == 0 }) else { continue }
      decisions[index] = .within(candidates[better].file)
    }
  }
}

/// Some of a fixed number of features.
private struct FeatureSet: Sendable {
  private var words: [UInt64]

  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  mutating func insert(_ number: Int) { words[number / 64] |= 1 << UInt64(number % 64) }

  mutating func formUnion(_ other: FeatureSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  /// How many there are that the other set does not have.
  func count(without other: FeatureSet) -> Int {
    var count = 0
    for index in words.indices { count += (words[index] & ~other.words[index]).nonzeroBitCount }
    return count
  }

  func members(without other: FeatureSet) -> [Int] {
    words.indices.flatMap { index in
      let word = words[index] & ~other.words[index]
      return (0..<64).filter { word >> UInt64($0) & 1 == 1 }.map { index * 64 + $0 }
    }
  }
}
