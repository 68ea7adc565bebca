import HindcastCore
import HindcastReplay

/// What is on the page, for its filters and its table of causes.
struct ReportIndex {
  /// Histories that failed by one rule at one place: one mistake, as a rule.
  struct Cause {
    var rule: String
    var words: String
    var at: String
    var count: Int
    var first: String
    var anchor: String
  }

  private(set) var causes: [Cause] = []
  private var places: [String: Int] = [:]
  private var typeNames: Set<String> = []
  private var ruleNames: Set<String> = []
  private var verdicts: Set<Verdict> = []
  /// Histories that did not pass, as `expected.yaml` says.
  private(set) var expected: [Verdict: Int] = [:]

  /// The workflow types, sorted.
  var types: [String] { typeNames.sorted() }
  /// The rules of findings, sorted.
  var rules: [String] { ruleNames.sorted() }
  /// The verdicts, in their own order.
  var verdictNames: [String] { Verdict.allCases.filter(verdicts.contains).map(\.rawValue) }
  /// The causes, the most frequent first.
  var byFrequency: [Cause] {
    causes.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
  }

  mutating func add(_ verdict: HistoryVerdict, row: ReportRow, at place: String) {
    verdicts.insert(verdict.verdict)
    if !row.type.isEmpty { typeNames.insert(row.type) }
    for rule in row.allRules.split(separator: " ") { ruleNames.insert(String(rule)) }
    guard !verdict.isAcceptable else {
      if verdict.asExpected == true, verdict.verdict != .passed { expected[verdict.verdict, default: 0] += 1 }
      return
    }
    let rule = verdict.failure?.rule.rawValue ?? "unexpected verdict"
    let key = "\(rule)\u{0}\(place)"
    if let index = places[key], !place.isEmpty {
      causes[index].count += 1
    } else {
      places[key] = causes.count
      let words = verdict.failure.map { $0.explanation?.cause ?? $0.rule.details.title } ?? verdict.failureTitle
      causes.append(
        Cause(rule: rule, words: words, at: place, count: 1, first: verdict.name, anchor: row.anchor))
    }
  }
}
