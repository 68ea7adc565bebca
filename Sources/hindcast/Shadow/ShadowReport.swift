#if GRPC
import HindcastCore
import HindcastReplay
import HindcastReport
import HindcastShadow

/// What `hindcast shadow` prints in the end.
struct ShadowReport {
  var reporter: any Reporter
  let directory: String
  /// The digest of the app that the command was given.
  let digest: String
  let console: Console

  /// Writes the failures and the summary, and says what else there is to know.
  mutating func write(_ result: ShadowResult, seconds: Double) throws(OutputError) -> ExitStatus {
    for failure in result.tally.failures {
      try reporter.report(HistoryVerdict(failure, appDirectory: directory))
    }
    var summary = ReplaySummary(
      counts: Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0, result.tally.count($0)) }),
      events: result.tally.events, withWarnings: result.tally.withWarnings)
    summary.seconds = seconds
    try reporter.finish(summary)
    for remark in remarks(on: result) { console.complain(remark) }
    return status(result)
  }

  private func remarks(on result: ShadowResult) -> [String] {
    var remarks: [String] = []
    let shown = result.tally.failures.count
    if result.tally.failed > shown {
      let rules = result.tally.rules.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      remarks.append(
        "the first \(shown) of \(result.tally.failed) failures are shown; by rule: "
          + rules.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }
    for lost in result.lost {
      let first = lost.first.map { ", the first of them \($0)" } ?? ""
      remarks.append("error: \(lost.runs) runs were not replayed\(first): \(lost.reason)")
    }
    if result.tally.gone > 0 { remarks.append("\(result.tally.gone) runs were gone before they could be replayed") }
    for (app, runs) in result.apps.sorted(by: { $0.key < $1.key }) where app != digest {
      remarks.append("error: \(runs) runs were replayed with another app: \(app), not \(digest)")
    }
    let workers = result.workers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    if !workers.isEmpty { remarks.append("by worker: \(workers.joined(separator: ", "))") }
    switch result.ending {
    case .cancelled?: remarks.append("the shadow was cancelled after \(result.tally.total) runs")
    case .time?: remarks.append("the time was up after \(result.tally.total) runs")
    case .failures?: remarks.append("there were failures enough after \(result.tally.total) runs")
    case .limit?, .exhausted?, nil: break
    }
    if result.listed == 0 { remarks.append("error: no run found") }
    if result.tally.total > 0, result.tally.count(.skipped) == result.tally.total {
      remarks.append("error: every run was skipped, because the app defines none of their types")
    }
    return remarks
  }

  private func status(_ result: ShadowResult) -> ExitStatus {
    let isMixed = result.apps.keys.contains { $0 != digest }
    if result.tally.failed > 0 || !result.lost.isEmpty || isMixed || result.ending == .cancelled { return .failure }
    return result.tally.count(.passed) == 0 ? .unusable : .success
  }
}
#endif
