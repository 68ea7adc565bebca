public import HindcastCore

/// What many histories ran of the code of their apps, added up. The order in which histories come makes no difference.
public struct CoverageTotals: Sendable {
  /// What ran, by the app's folder; empty for code that is in no folder.
  public private(set) var counts: [String: CoverageCounts] = [:]
  /// By the app's folder and the version: in how many histories the code was told it.
  public private(set) var versions: [String: [VersionUse: Int]] = [:]
  /// By event type: how many events, and in how many histories.
  public private(set) var eventTypes: [String: (events: Int, histories: Int)] = [:]
  /// The histories that ran code.
  public private(set) var histories = 0
  /// Those of them that are not as they should be, whose code may have ended early.
  public private(set) var unacceptable = 0

  /// Totals of nothing.
  public init() {}

  /// Adds what a history ran, if its verdict tells.
  public mutating func add(_ verdict: HistoryVerdict) {
    guard let coverage = verdict.coverage, verdict.verdict != .skipped else { return }
    let app = verdict.appDirectory ?? ""
    histories += 1
    if !verdict.isAcceptable { unacceptable += 1 }
    counts[app, default: CoverageCounts()].add(coverage.counts)
    for use in coverage.versions { versions[app, default: [:]][use, default: 0] += 1 }
    for (type, count) in coverage.eventTypes {
      let known = eventTypes[type] ?? (0, 0)
      eventTypes[type] = (known.events + count, known.histories + 1)
    }
  }
}
