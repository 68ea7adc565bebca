/// The commits between a good one and a bad one, and which came from which. Parents stand before their children; the bad
/// commit is the last.
struct CommitGraph: Sendable {
  struct Commit: Sendable, Equatable {
    let id: String
    /// The places of its parents that lie between as well.
    let parents: [Int]
    /// Whether the good commit is one of its ancestors; otherwise it is of a branch that began before that and was merged.
    let comesFromGood: Bool
    /// Whether a parent lies outside: the good commit, or an older one.
    let hasOuterParent: Bool
  }

  let commits: [Commit]

  /// Reads what `git rev-list --topo-order --reverse --parents BAD ^GOOD` prints; nil where it is something else.
  init?(revList: String, good: String) {
    var places: [Substring: Int] = [:]
    var commits: [Commit] = []
    for line in revList.split(separator: "\n") {
      let ids = line.split(separator: " ")
      guard let id = ids.first, places.updateValue(commits.count, forKey: id) == nil else { return nil }
      let all = ids.dropFirst()
      let parents = all.compactMap { places[$0] }.filter { $0 < commits.count }
      commits.append(
        Commit(
          id: String(id), parents: parents,
          comesFromGood: all.contains { $0 == good } || parents.contains { commits[$0].comesFromGood },
          hasOuterParent: parents.count < all.count))
    }
    if commits.isEmpty { return nil }
    self.commits = commits
  }

  /// The place of the bad commit.
  var bad: Int { commits.count - 1 }
}
