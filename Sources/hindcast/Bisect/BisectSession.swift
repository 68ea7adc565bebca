import HindcastCore
import HindcastReplay
import HindcastReport

/// One call of `hindcast bisect` under way.
///
/// The bad end is replayed first, because its failures are what is looked for: a commit is bad when one of the histories that
/// fail there fails. The good end is replayed only when everything points at its child; until then the commits that passed
/// vouch for it. So the replays of the ends are not on top of the search's.
struct BisectSession {
  private let repository: AppRepository
  private let worktree: BisectWorktree
  private let range: CommitRange
  private let good: String
  private let graph: CommitGraph
  private let report: BisectReport
  private var judge: BisectJudge
  private var search: BisectSearch
  /// The histories that fail at the bad end, and whether they do because its code does not load.
  private var suspects: [(history: Int, isUnloadable: Bool)] = []
  /// What the suspects did at the commits that were tested.
  private var tested: [(commit: Int, outcomes: [Int: BisectOutcome])] = []

  /// What ends a bisection without a commit.
  enum Failure: Error {
    case output(OutputError)
    /// The exit status, and why.
    case ended(ExitStatus, String, hint: String? = nil)
  }

  init(
    _ repository: AppRepository, _ worktree: BisectWorktree, _ range: CommitRange, good: String, graph: CommitGraph,
    judge: BisectJudge, report: BisectReport
  ) {
    self.repository = repository
    self.worktree = worktree
    self.range = range
    self.good = good
    self.graph = graph
    self.judge = judge
    self.report = report
    search = BisectSearch(graph)
  }

  /// What is wrong with what is expected of the histories.
  var complaints: [String] { judge.complaints }

  /// Finds the commit and reports it.
  mutating func run(histories: Int) throws(Failure) {
    try writing { report throws(OutputError) in
      try report.begin(commits: graph.commits.count, histories: histories, steps: search.stepsLeft)
    }
    try replayBadEnd(histories: histories)
    while true {
      switch search.next {
      case .test(let commit):
        try writing { report throws(OutputError) in try report.left(search.remaining, steps: search.stepsLeft) }
        try test(commit)
      case .testGood: try testGood()
      case .found(let commit): return try reportFound(commit)
      case .ambiguous(let commits): try reportAmbiguous(commits)
      }
    }
  }

  private mutating func replayBadEnd(histories: Int) throws(Failure) {
    let details = try details(of: graph.commits[graph.bad].id)
    let outcomes: [BisectOutcome]
    do {
      outcomes = try judge.outcomes(of: Array(0..<histories), at: details.id)
    } catch {
      throw Self.failure(error) { .ended(.unusable, "\(range.bad) (\(details.shortID)) cannot be replayed: \($0)") }
    }
    for (history, outcome) in outcomes.enumerated() {
      // An invalid history fails whatever the code is.
      guard let verdict = outcome.verdict, verdict.verdict != .invalid else { continue }
      suspects.append((history, outcome.isUnloadable))
    }
    if suspects.isEmpty {
      throw .ended(
        .failure, "every history passes at \(range.bad) (\(details.shortID)), so there is nothing to find",
        hint: "what is not committed does not count here")
    }
    let shown = outcomes.compactMap(\.verdict).filter { $0.verdict != .invalid }
    try say(details, .bad, of: shown, among: histories)
  }

  private mutating func test(_ commit: Int) throws(Failure) {
    let details = try details(of: graph.commits[commit].id)
    let histories = suspects.map(\.history)
    let outcomes: [BisectOutcome]
    do {
      outcomes = try judge.outcomes(of: histories, at: details.id)
    } catch .unusable(let reason) {
      search.mark(commit, .skipped)
      return try writing { report throws(OutputError) in try report.tested(details, .skipped, reason) }
    } catch {
      throw Self.failure(error) { .ended(.unusable, $0) }
    }
    tested.append((commit, Dictionary(uniqueKeysWithValues: zip(histories, outcomes))))
    let mark = mark(of: outcomes)
    search.mark(commit, mark)
    try say(details, mark, of: outcomes.compactMap(\.verdict), among: outcomes.count)
  }

  private mutating func testGood() throws(Failure) {
    let details = try details(of: good)
    let outcomes: [BisectOutcome]
    do {
      outcomes = try judge.outcomes(of: suspects.map(\.history), at: good)
    } catch {
      throw Self.failure(error) { goodIsUnknown(details, $0) }
    }
    let verdicts = outcomes.compactMap(\.verdict)
    if verdicts.count == outcomes.count {
      let failed = outcomes.first { !$0.isUnloadable && $0.verdict != nil }
      guard let verdict = failed?.verdict ?? verdicts.first else { return search.confirmGood() }
      let words = "\(verdict.name): \(BisectReport.cause(of: verdict))"
      if failed == nil, !suspects.contains(where: \.isUnloadable) { throw goodIsUnknown(details, words) }
      throw .ended(
        .failure, "\(range.good) (\(details.shortID)) fails already (\(words))", hint: "begin with an older commit")
    }
    try say(details, .good, of: verdicts, among: outcomes.count)
    // What fails at both ends was broken before; the search goes on without it.
    suspects = zip(suspects, outcomes).filter { $1.verdict == nil }.map(\.0)
    search = BisectSearch(graph)
    search.confirmGood()
    for (commit, outcomes) in tested { search.mark(commit, mark(of: suspects.compactMap { outcomes[$0.history] })) }
  }

  /// What outcomes of the suspects, in their order, say of a commit.
  private func mark(of outcomes: [BisectOutcome]) -> BisectSearch.Mark {
    var mark = BisectSearch.Mark.good
    for (suspect, outcome) in zip(suspects, outcomes) {
      switch outcome {
      case .passed: break
      case .failed: return .bad
      // Code that does not load says nothing of replay, unless that is what is looked for.
      case .unloadable:
        if suspect.isUnloadable { return .bad }
        mark = .skipped
      }
    }
    return mark
  }
}

extension BisectSession {
  private mutating func reportFound(_ commit: Int) throws(Failure) {
    let details = try details(of: graph.commits[commit].id)
    let verdicts: [HistoryVerdict]
    do {
      // Known: the commit was tested, or it is the bad end.
      verdicts = try judge.outcomes(of: suspects.map(\.history), at: details.id).compactMap(\.verdict)
      // For the lines of code.
      try worktree.checkOut(details.id)
    } catch {
      throw .ended(.unusable, "\(error)")
    }
    let place = verdicts.first?.failure?.location
    let diff: UnifiedDiff
    do { diff = UnifiedDiff(try repository.changes(in: details.id)) } catch { throw .ended(.unusable, "\(error)") }
    try writing { report throws(OutputError) in
      try report.found(details)
      if let first = verdicts.first {
        try report.explain(first, others: Array(verdicts.dropFirst()), root: worktree.root)
      }
      try report.changes(diff, file: place.map { worktree.path(of: $0.file) }, line: place?.line ?? 1)
      try report.finish(replays: judge.replays)
    }
  }

  private func reportAmbiguous(_ commits: [Int]) throws(Failure) {
    for commit in commits {
      let details = try details(of: graph.commits[commit].id)
      try writing { report throws(OutputError) in
        try report.write("  \(details.shortID)  \(details.subject.printable())")
      }
    }
    try writing { report throws(OutputError) in try report.finish(replays: judge.replays) }
    throw .ended(.failure, "the first bad commit is one of these \(commits.count); the others cannot be replayed")
  }

  /// What an obstacle ends the bisection with, where it is one that a commit cannot be passed over for.
  private static func failure(_ obstacle: BisectJudge.Obstacle, _ unusable: (String) -> Failure) -> Failure {
    switch obstacle {
    case .unusable(let reason): unusable(reason)
    case .git(let error): .ended(.unusable, "\(error)", hint: error.hint)
    }
  }

  private func goodIsUnknown(_ good: CommitDetails, _ reason: String) -> Failure {
    let culprit = graph.commits[search.bad].id.prefix(12)
    return .ended(
      .failure,
      "the first bad commit is \(culprit) or one before it: \(range.good) (\(good.shortID)) cannot be replayed: \(reason)",
      hint: "choose a commit at which the app can be replayed")
  }

  private func say(
    _ commit: CommitDetails, _ mark: BisectSearch.Mark, of verdicts: [HistoryVerdict], among histories: Int
  ) throws(Failure) {
    var words = verdicts.isEmpty ? "passes" : "\(verdicts.count) of \(histories) fail"
    if histories == 1, let verdict = verdicts.first { words = BisectReport.cause(of: verdict) }
    try writing { report throws(OutputError) in try report.tested(commit, mark, words) }
  }

  private func details(of commit: String) throws(Failure) -> CommitDetails {
    do { return try repository.details(of: commit) } catch { throw .ended(.unusable, "\(error)") }
  }

  private func writing(_ body: (BisectReport) throws(OutputError) -> Void) throws(Failure) {
    do { try body(report) } catch { throw .output(error) }
  }
}
