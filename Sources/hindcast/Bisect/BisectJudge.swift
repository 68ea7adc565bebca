import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastReplay

/// Replays the suite against the app of one commit after another, and counts how often.
struct BisectJudge {
  /// Why there are no outcomes for a commit.
  enum Obstacle: Error {
    /// The app cannot be replayed at this commit, for this reason.
    case unusable(String)
    /// Git refused.
    case git(GitError)
  }

  private let repository: AppRepository
  private let worktree: BisectWorktree
  private let options: ReplayOptions
  private let sources: [HistorySource]
  private let progress: (Int, Int) -> Void
  /// By the id of the app folder's content, and by history: commits that leave the app alone need no replay.
  private var known: [String: [Int: BisectOutcome]] = [:]
  /// How often histories were replayed at a commit.
  private(set) var replays = 0
  /// What is wrong with what is expected of the histories, each once.
  private(set) var complaints: [String] = []

  /// - Parameter progress: called with how many histories of how many were replayed.
  init(
    _ repository: AppRepository, _ worktree: BisectWorktree, sources: [HistorySource], options: ReplayOptions,
    progress: @escaping (Int, Int) -> Void
  ) {
    self.repository = repository
    self.worktree = worktree
    self.sources = sources
    self.options = options
    self.progress = progress
  }

  /// What becomes of these histories at a commit, in their order.
  mutating func outcomes(of histories: [Int], at commit: String) throws(Obstacle) -> [BisectOutcome] {
    guard let tree = try asking({ () throws(GitError) in try repository.tree(of: commit) }) else {
      throw .unusable("it has no folder \(repository.folderName)")
    }
    let missing = histories.filter { known[tree]?[$0] == nil }
    if !missing.isEmpty {
      try asking { () throws(GitError) in try worktree.checkOut(commit) }
      let outcomes = try replay(missing)
      for (history, outcome) in zip(missing, outcomes) { known[tree, default: [:]][history] = outcome }
    }
    return histories.compactMap { known[tree]?[$0] }
  }

  private mutating func replay(_ histories: [Int]) throws(Obstacle) -> [BisectOutcome] {
    let loader: AppLoader
    do {
      loader = try AppLoader(directory: worktree.app)
    } catch {
      let first = error.errors.first
      // The worktree's folder means nothing to anybody.
      let file = first?.position.map { "\(worktree.path(of: $0.file)):\($0.line)" }
      throw .unusable(
        "the app does not load (" + [file, first?.message].compactMap(\.self).joined(separator: ": ") + ")")
    }
    replays += 1
    var outcomes: [BisectOutcome] = []
    let results = Replayer(loader, options: options).results(of: histories.map { sources[$0] })
    while let result = results.next() {
      switch result {
      case .verdict(let verdict): outcomes.append(BisectOutcome(verdict))
      case .suiteError(let error):
        if !complaints.contains(error.description) { complaints.append(error.description) }
      case .passedOver, .unreadable: break
      }
      progress(outcomes.count, histories.count)
    }
    guard outcomes.count == histories.count else {
      throw .unusable("\(histories.count - outcomes.count) histories got no verdict")
    }
    return outcomes
  }

  private func asking<T>(_ body: () throws(GitError) -> T) throws(Obstacle) -> T {
    do { return try body() } catch { throw .git(error) }
  }
}
