import HindcastCore
import HindcastHistory

/// Replays a history in two runtimes and compares what the code did.
final class ReplayComparison {
  private let history: WorkflowHistory
  private let pair: RuntimePair
  private let options: ReplayOptions
  /// What the first replay ran, where the options ask for it.
  private(set) var coverage: HistoryCoverage?

  init(_ history: WorkflowHistory, in pair: RuntimePair, _ options: ReplayOptions) {
    self.history = history
    self.pair = pair
    self.options = options
  }

  /// The outcome, with stacks where there is a failure to explain.
  func outcome() -> ReplayOutcome {
    let first = firstRun()
    guard first.verdict == .passed else { return explain(first) }
    guard options.shakes else { return first }
    let second = run(in: pair.second)
    return difference(first, second) ?? first
  }

  /// Replays once more for the stacks; the second runtime makes this the shake as well.
  private func explain(_ first: ReplayOutcome) -> ReplayOutcome {
    guard let failure = first.failure, failure.needsReplay else { return first }
    let second = run(in: options.shakes ? pair.second : pair.first, capturesStacks: true)
    guard options.shakes else { return second.verdict == first.verdict ? second : first }
    if let unstable = difference(first, second) { return unstable }
    return second
  }

  /// The replay that counts: what further ones run says nothing new.
  private func firstRun() -> ReplayOutcome {
    guard options.collectsCoverage else { return run(in: pair.first) }
    _ = pair.first.takeCoverage()
    let outcome = run(in: pair.first)
    coverage = HistoryCoverage(history, counts: pair.first.takeCoverage(), versions: outcome.versions)
    return outcome
  }

  private func run(
    in runtime: any WorkflowRuntime, capturesStacks: Bool = false, keepsCommands: Bool = false
  ) -> ReplayOutcome {
    var replay = HistoryReplayOptions()
    replay.capturesStacks = capturesStacks
    replay.keepsCommands = keepsCommands
    replay.namespace = options.namespace
    return HistoryReplay(history, options: replay).run(in: runtime)
  }

  // MARK: Unstable code

  private func difference(_ first: ReplayOutcome, _ second: ReplayOutcome) -> ReplayOutcome? {
    // Where a limit ended a replay, how far it came says nothing about the code.
    if first.isCutShort { return nil }
    if second.isCutShort { return second }
    let index = first.commandDigest.firstDifference(from: second.commandDigest)
    guard index != nil || first.verdict != second.verdict else { return nil }
    var outcome = first
    outcome.verdict = .nondeterministic
    outcome.failure = unstable(at: index, first, second)
    return outcome
  }

  /// The finding; both replays are made again, with their commands kept, to say what they did.
  private func unstable(at index: Int?, _ first: ReplayOutcome, _ second: ReplayOutcome) -> Finding {
    let hint =
      "the same code ran twice on this history and did not do the same: look for what it takes from outside, "
      + "such as the clock, random numbers, table addresses or state that outlives a run"
    guard let index else {
      return Finding(
        .unstableCode, .error,
        "two replays of this history end differently: \(first.ending), then \(second.ending)",
        location: first.failure?.location ?? second.failure?.location, hint: hint)
    }
    let again = [pair.first, pair.second].map { run(in: $0, capturesStacks: true, keepsCommands: true) }
    // Code that lives on chance may differ elsewhere this time; then this is the place whose commands are known.
    let position = again[0].commandDigest.firstDifference(from: again[1].commandDigest) ?? index
    let commands = again.map { $0.commands.indices.contains(position) ? $0.commands[position] : nil }
    let texts = commands.map { $0?.summary ?? "nothing" }
    // Equal words hide what differs inside, such as an input.
    let detail =
      texts[0] == texts[1]
      ? "\(texts[0]) has other values the second time" : "\(texts[0]) the first time, \(texts[1]) the second"
    var finding = Finding(
      .unstableCode, .error, "two replays of this history differ at command \(position + 1): \(detail)",
      actual: commands[0] ?? commands[1], hint: hint)
    if let before = commands[0]?.command, let after = commands[1]?.command {
      finding.differences = CommandDifferences.between(before, after)
    }
    finding.location =
      finding.location ?? first.commandDigest.location(at: index) ?? second.commandDigest.location(at: index)
    return finding
  }
}

extension Finding {
  /// Whether a replay with stacks would tell more.
  fileprivate var needsReplay: Bool {
    rule != .loadError && rule != .unregisteredType && stack.isEmpty && coroutines.isEmpty
  }
}

extension ReplayOutcome {
  /// Whether a limit on time or memory ended the replay.
  fileprivate var isCutShort: Bool { failure?.rule == .deadlock || failure?.rule == .memoryLimit }

  /// How it ended, in words.
  fileprivate var ending: String { failure.map { "\(verdict.rawValue) (\($0.message))" } ?? verdict.rawValue }
}

extension CommandDigest {
  fileprivate func location(at index: Int) -> SourceLocation? {
    locations.indices.contains(index) ? locations[index] : nil
  }
}
