import HindcastCore
import HindcastReplay

/// The page round the list of histories.
struct ReportPage {
  /// A part of the histories.
  struct Share {
    var name: String
    /// A class of the style sheet.
    var shareClass: String
    var count: Int
    var countWords: String

    init(_ name: String, _ count: Int) {
      self.name = name
      shareClass = name.replacing(" ", with: "-")
      self.count = count
      countWords = TextReporter.grouped(count)
    }
  }

  /// More causes than this are found by the filters.
  private static let causeLimit = 10

  var title: String
  var subtitle: String
  let style = ReportStyle.style
  let script = ReportStyle.script
  let scriptDigest = ReportStyle.scriptDigest
  var shares: [Share]
  var extras: [String]
  var problems: [String]
  var hasProblems: Bool
  var causes: [ReportIndex.Cause]
  var hasCauses: Bool
  /// How many causes there are beyond these, in words.
  var moreCauses: String
  var verdictNames: [String]
  var rules: [String]
  var types: [String]
  var content: String
  /// How many histories are not in the list, in words.
  var unlisted: String

  init(
    summary: ReplaySummary, context: ReportContext, index: ReportIndex, problems: [String], content: String,
    unlisted: Int
  ) {
    title = Self.title(summary, problems: problems)
    var parts = ["\(TextReporter.count(summary.events, "event", "events")) in \(TextReporter.seconds(summary.seconds))"]
    if let time = context.startTime { parts.append(time.replacing("T", with: " ").replacing("Z", with: " UTC")) }
    parts.append("Hindcast \(context.version)")
    subtitle = parts.joined(separator: " · ")
    shares = Verdict.allCases.map { Share($0.rawValue, summary[$0] - (index.expected[$0] ?? 0)) }
    shares.append(Share("as expected", index.expected.values.reduce(0, +)))
    shares.removeAll { $0.count <= 0 }
    extras = []
    if summary.withWarnings > 0 { extras.append("\(TextReporter.grouped(summary.withWarnings)) with warnings") }
    self.problems = problems
    hasProblems = !problems.isEmpty
    causes = Array(index.byFrequency.prefix(Self.causeLimit))
    hasCauses = !causes.isEmpty
    let more = index.causes.count - causes.count
    moreCauses = more > 0 ? "and \(TextReporter.count(more, "more, below", "more, below"))" : ""
    verdictNames = index.verdictNames
    rules = index.rules
    types = index.types
    self.content = content
    self.unlisted =
      unlisted > 0 ? "and \(TextReporter.count(unlisted, "history", "histories")) more that passed" : ""
  }

  private static func title(_ summary: ReplaySummary, problems: [String]) -> String {
    let total = TextReporter.count(summary.total, "history", "histories")
    if summary.unacceptable > 0 { return "\(TextReporter.grouped(summary.unacceptable)) of \(total) did not pass" }
    if summary.total == 0 { return "No history was replayed" }
    return problems.isEmpty ? "\(total), none failed" : "\(total), none failed, but not everything was replayed"
  }
}
