/// Which commit to test next, and which one it must be in the end: what is known of the commits between a good one and a
/// bad one. Knows nothing of git or replays.
struct BisectSearch {
  enum Mark: Sendable { case good, bad, skipped }

  enum Step: Equatable {
    /// Test this commit.
    case test(Int)
    /// Test the good end itself: everything else points at its child.
    case testGood
    /// This commit is the first bad one.
    case found(Int)
    /// One of these is, but none of the others can be tested.
    case ambiguous([Int])
  }

  let graph: CommitGraph
  /// Commits of which each may be the first bad one.
  private var isCandidate: [Bool]
  private var marks: [Mark?]
  /// The earliest commit known to be bad.
  private(set) var bad: Int
  /// Whether the good end was tested, or a descendant of its was good.
  private(set) var isGoodConfirmed = false

  /// Begins a search; the last commit of the graph is bad.
  init(_ graph: CommitGraph) {
    self.graph = graph
    isCandidate = Array(repeating: true, count: graph.commits.count)
    marks = Array(repeating: nil, count: graph.commits.count)
    bad = graph.bad
    marks[bad] = .bad
  }

  /// How many commits may still be the first bad one.
  var remaining: Int { isCandidate.count(where: \.self) }

  /// About how many tests are left.
  var stepsLeft: Int {
    let outcomes = remaining + (isGoodConfirmed ? 0 : 1)
    return outcomes <= 1 ? 0 : Int.bitWidth - (outcomes - 1).leadingZeroBitCount
  }

  /// Takes in the outcome of a test.
  mutating func mark(_ commit: Int, _ mark: Mark) {
    marks[commit] = mark
    switch mark {
    case .skipped: break
    case .good:
      for ancestor in line(of: commit) { isCandidate[ancestor] = false }
      if graph.commits[commit].comesFromGood { isGoodConfirmed = true }
    case .bad:
      // Bad as it is, an earlier one is known.
      guard isCandidate[commit] else { return }
      var keeps = Array(repeating: false, count: isCandidate.count)
      for ancestor in line(of: commit) { keeps[ancestor] = isCandidate[ancestor] }
      isCandidate = keeps
      bad = commit
    }
  }

  /// Takes in that the good end is good indeed.
  mutating func confirmGood() { isGoodConfirmed = true }

  /// What to do next.
  var next: Step {
    if remaining <= 1 {
      // A parent outside is the good end or older, which was only claimed to be good so far.
      return isGoodConfirmed || !graph.commits[bad].hasOuterParent ? .found(bad) : .testGood
    }
    let (reach, total) = (reaches(), remaining)
    // While the good end is not confirmed it is one more outcome, on the side of a bad test.
    let outcomes = total + (isGoodConfirmed ? 0 : 1)
    let testable = reach.indices.filter { isCandidate[$0] && marks[$0] == nil }
    func score(_ commit: Int) -> Int { min(total - reach[commit], reach[commit] + outcomes - total) }
    guard let best = testable.max(by: { (score($0), $1) < (score($1), $0) }) else {
      return .ambiguous(reach.indices.filter { isCandidate[$0] })
    }
    let skips = reach.indices.count { isCandidate[$0] && marks[$0] == .skipped }
    if skips == 0 { return .test(best) }
    // What cannot be tested comes in rows: the neighbours of a skipped commit are no good choice.
    let ranked = testable.sorted { (score($0), $1) > (score($1), $0) }
    return .test(ranked[Int(Double(ranked.count) * Self.spread(skips) / 2)])
  }

  /// How many candidates each candidate comes from, itself included.
  private func reaches() -> [Int] {
    var reach = Array(repeating: 0, count: graph.commits.count)
    var waiting = Array(repeating: 0, count: graph.commits.count)
    func parents(_ commit: Int) -> [Int] { graph.commits[commit].parents.filter { isCandidate[$0] } }
    for commit in reach.indices where isCandidate[commit] {
      for parent in parents(commit) { waiting[parent] += 1 }
    }
    // Only of commits that have children left to come: one set in a history without merges.
    var lines: [Int: CommitSet] = [:]
    for commit in reach.indices where isCandidate[commit] {
      var line: CommitSet?
      for parent in parents(commit) {
        waiting[parent] -= 1
        guard let other = waiting[parent] == 0 ? lines.removeValue(forKey: parent) : lines[parent] else { continue }
        if line == nil { line = other } else { line?.formUnion(other) }
      }
      var whole = line ?? CommitSet(capacity: reach.count)
      // Else the set would be copied for each commit of a straight line.
      line = nil
      whole.insert(commit)
      reach[commit] = whole.count
      if waiting[commit] > 0 { lines[commit] = whole }
    }
    return reach
  }

  /// A commit and all its ancestors between the ends.
  private func line(of commit: Int) -> [Int] {
    var isSeen = Array(repeating: false, count: isCandidate.count)
    isSeen[commit] = true
    var found = [commit]
    var index = 0
    while index < found.count {
      for parent in graph.commits[found[index]].parents where !isSeen[parent] {
        isSeen[parent] = true
        found.append(parent)
      }
      index += 1
    }
    return found
  }

  /// 1/2, 1/4, 3/4, 1/8 …: numbers that keep away from each other.
  private static func spread(_ number: Int) -> Double {
    var (rest, share, sum) = (number, 0.5, 0.0)
    while rest > 0 {
      if rest & 1 == 1 { sum += share }
      share /= 2
      rest >>= 1
    }
    return sum
  }
}

/// A set of places in a graph.
private struct CommitSet {
  private var words: [UInt64]
  private(set) var count = 0

  init(capacity: Int) { words = Array(repeating: 0, count: (capacity + 63) / 64) }

  mutating func insert(_ commit: Int) {
    let bit = UInt64(1) << UInt64(commit % 64)
    if words[commit / 64] & bit == 0 { count += 1 }
    words[commit / 64] |= bit
  }

  mutating func formUnion(_ other: CommitSet) {
    count = 0
    for index in words.indices {
      words[index] |= other.words[index]
      count += words[index].nonzeroBitCount
    }
  }
}
