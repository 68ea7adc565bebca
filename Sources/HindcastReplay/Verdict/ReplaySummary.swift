public import HindcastCore

/// The histories of a call, counted.
public struct ReplaySummary: Sendable, Equatable {
  /// How many histories got each verdict.
  private var counts: [Verdict: Int]
  /// Histories that got a verdict.
  public private(set) var total: Int
  /// Their events.
  public private(set) var events: Int
  /// Histories that fail the call: neither passed nor skipped nor as expected.
  public private(set) var unacceptable: Int
  /// Histories that `expected.yaml` names and that turned out so.
  public private(set) var asExpected: Int
  /// Passed histories with warnings.
  public private(set) var withWarnings: Int
  /// How long the call took, in seconds.
  public var seconds: Double

  /// A summary of nothing.
  public init() {
    counts = [:]
    total = 0
    events = 0
    unacceptable = 0
    asExpected = 0
    withWarnings = 0
    seconds = 0
  }

  /// A summary of histories that were counted elsewhere, of which none has an expectation.
  public init(counts: [Verdict: Int], events: Int, withWarnings: Int) {
    self.init()
    self.counts = counts
    self.events = events
    self.withWarnings = withWarnings
    total = counts.values.reduce(0, +)
    unacceptable = total - self[.passed] - self[.skipped]
  }

  /// How many histories got this verdict.
  public subscript(_ verdict: Verdict) -> Int { counts[verdict] ?? 0 }

  /// Counts one more history.
  public mutating func add(_ verdict: HistoryVerdict) {
    total += 1
    events += verdict.events
    counts[verdict.verdict, default: 0] += 1
    if !verdict.isAcceptable { unacceptable += 1 }
    if verdict.asExpected == true { asExpected += 1 }
    if verdict.verdict == .passed, verdict.warnings.contains(where: { $0.severity >= .warning }) { withWarnings += 1 }
  }
}
