public import HindcastCore
internal import HindcastReplay

/// The verdicts on many runs, counted, and the first failures in full.
public struct ShadowTally: Sendable, Hashable, Codable {
  /// How many runs got each verdict, by its name.
  public private(set) var verdicts: [String: Int] = [:]
  /// How many failures broke each rule, by its code.
  public private(set) var rules: [String: Int] = [:]
  /// The events of the histories that got a verdict.
  public private(set) var events = 0
  /// Passed runs with warnings.
  public private(set) var withWarnings = 0
  /// Runs that were gone when their history was asked for.
  public private(set) var gone = 0
  /// The first failures.
  public private(set) var failures: [ShadowFailure] = []

  /// How many failures are kept in full: the result of a workflow has to stay well below two megabytes.
  public static let failureLimit = 100

  /// Nothing is counted.
  public init() {}

  /// How many runs got a verdict.
  public var total: Int { verdicts.values.reduce(0, +) }

  /// How many runs have a verdict.
  public func count(_ verdict: Verdict) -> Int { verdicts[verdict.rawValue] ?? 0 }

  /// How many runs neither passed nor were skipped.
  public var failed: Int { total - count(.passed) - count(.skipped) }

  /// Counts a verdict.
  mutating func add(_ verdict: HistoryVerdict, of failure: (HistoryVerdict) -> ShadowFailure) {
    verdicts[verdict.verdict.rawValue, default: 0] += 1
    events += verdict.events
    guard verdict.verdict != .skipped else { return }
    if verdict.verdict == .passed {
      if verdict.warnings.contains(where: { $0.severity >= .warning }) { withWarnings += 1 }
      return
    }
    if let rule = verdict.failure?.rule { rules[rule.rawValue, default: 0] += 1 }
    if failures.count < Self.failureLimit { failures.append(failure(verdict)) }
  }

  /// Counts a run that is gone.
  mutating func addGone() { gone += 1 }

  /// Adds what others counted.
  mutating func add(_ other: ShadowTally) {
    verdicts.merge(other.verdicts, uniquingKeysWith: +)
    rules.merge(other.rules, uniquingKeysWith: +)
    events += other.events
    withWarnings += other.withWarnings
    gone += other.gone
    failures += other.failures.prefix(max(0, Self.failureLimit - failures.count))
  }
}
