import HindcastCore
import HindcastHistory

/// Brings one history after another to its verdict, on one thread.
struct HistoryJudge {
  private let options: ReplayOptions
  private var runtimes = RuntimeCache()
  /// When the history under way was begun.
  private var start = ContinuousClock.now

  init(_ options: ReplayOptions) {
    self.options = options
  }

  /// Judges a history; `verdict` describes it already.
  mutating func judge(
    _ history: WorkflowHistory, with app: Result<AppCode, WorkflowLoadError>, into verdict: inout HistoryVerdict
  ) {
    let start = ContinuousClock.now
    self.start = start
    replay(history, with: app, into: &verdict)
    if verdict.failure != nil { verdict.history = history }
    verdict.seconds = (ContinuousClock.now - start).seconds
  }

  private mutating func replay(
    _ history: WorkflowHistory, with app: Result<AppCode, WorkflowLoadError>, into verdict: inout HistoryVerdict
  ) {
    verdict.validate(history)
    // The SDK validates nothing, so what it makes of a broken history is still open.
    if verdict.verdict == .invalid, options.verdicts == .analysis { return }
    let found: AppCode
    let pair: RuntimePair
    do {
      found = try app.get()
      verdict.appDirectory = found.directory
      pair = try runtimes.pair(for: found, limits: options.limits, collectsCoverage: options.collectsCoverage)
    } catch {
      return verdict.fail(.failed, Finding(loading: error))
    }
    if verdict.verdict != .invalid {
      let comparison = ReplayComparison(history, in: pair, options)
      verdict.take(comparison.outcome())
      verdict.coverage = comparison.coverage
      verdict.warnings += Finding.summaries(of: verdict.faults).filter { fault in
        !verdict.warnings.contains { $0.rule == fault.rule && $0.eventID == fault.eventID }
      }
    }
    explain(&verdict, history, in: pair)
    if let rule = verdict.failure?.rule, rule.usesUpRuntime { runtimes.discard(found) }
    if verdict.failure?.rule == .unregisteredType, found.isInferred { verdict.verdict = .skipped }
    askSDK(about: history, in: pair, for: &verdict)
  }

  /// Looks for what was done to the code, where code and history disagree.
  private mutating func explain(_ verdict: inout HistoryVerdict, _ history: WorkflowHistory, in pair: RuntimePair) {
    guard options.explains, verdict.verdict == .nondeterministic, let failure = verdict.failure else { return }
    // Half of the time is left for what else is to be done: without a verdict there is nothing to explain.
    let deadline = options.timeout.map { start + $0 / 2 }
    let result = Explainer(history, namespace: options.namespace).explain(failure, in: pair.first) {
      deadline.map { ContinuousClock.now > $0 } ?? false
    }
    verdict.failure?.explanation = result.explanation
    if result.usedUpRuntime { runtimes.discard(pair.app) }
  }

  /// What the Go SDK says; asked where it decides, and beside a failure, for whom that text is what their logs hold.
  private func askSDK(about history: WorkflowHistory, in pair: RuntimePair, for verdict: inout HistoryVerdict) {
    switch options.verdicts {
    case .analysis:
      guard let rule = verdict.failure?.rule, verdict.verdict != .skipped, !rule.usesUpRuntime, rule != .loadError
      else {
        return
      }
      verdict.sdkVerdict = GoReplay.failure(of: history, in: pair.first, namespace: options.namespace)
    case .goSDK:
      guard verdict.verdict != .skipped else { return }
      verdict.sdkVerdict = GoReplay.failure(of: history, in: pair.first, namespace: options.namespace)
      verdict.adoptSDKVerdict()
    }
  }
}

extension RuleCode {
  /// Whether code that broke this rule may leave its runtime in a bad way, and would need the same time again.
  fileprivate var usesUpRuntime: Bool { self == .deadlock || self == .memoryLimit }
}

extension Finding {
  /// What keeps code from being loaded, whichever history it is for.
  init(loading error: WorkflowLoadError) {
    self.init(
      error.kind == .unregisteredType ? .unregisteredType : .loadError, .error, error.message,
      location: error.location, hint: error.hint)
  }
}

extension HistoryVerdict {
  fileprivate mutating func fail(_ verdict: Verdict, _ finding: Finding) {
    self.verdict = verdict
    failure = finding
  }

  fileprivate mutating func take(_ outcome: ReplayOutcome) {
    verdict = outcome.verdict
    failure = outcome.failure
    warnings += outcome.warnings
    tasks = outcome.tasks
    pendingCommands = outcome.pendingCommands
  }

  /// Makes what the Go SDK's replayer said the verdict; a failure that it does not see stays as a warning.
  fileprivate mutating func adoptSDKVerdict() {
    guard let sdkVerdict else {
      guard var finding = failure else { return }
      finding.severity = .warning
      warnings.insert(finding, at: 0)
      failure = nil
      verdict = .passed
      return
    }
    let (said, rule): (Verdict, RuleCode) =
      if sdkVerdict.contains("[TMPRL1101]") {
        (.deadlocked, .deadlock)
      } else if sdkVerdict.contains("[TMPRL1100]") || sdkVerdict.contains("doesn't return the same result") {
        (.nondeterministic, .illegalState)
      } else {
        (.failed, .codeError)
      }
    // The SDK has no verdict for a history that is broken: its error says no more than that it gave up.
    if verdict == .invalid, said == .failed { return }
    // The analysis knows the event and the place, so it explains the verdict wherever it agrees.
    if failure == nil || verdict != said { failure = Finding(rule, .error, sdkVerdict) }
    verdict = said
  }
}
