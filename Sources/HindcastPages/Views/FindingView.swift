internal import HindcastCore
internal import HindcastHistory
internal import HindcastReplay
internal import HindcastReport
internal import TemporalAPI

/// What a replay found, beside the code that it found it in.
///
/// A name that is absent here is looked up in what surrounds it on the page, so no surrounding view may have a field of the same name.
struct FindingView {
  struct Line {
    var number: Int
    var text: String
    /// Whether it is the line that the finding is about.
    var isIt: Bool
  }

  struct Difference {
    var field: String
    var history: String
    var code: String
  }

  var rule: String
  var message: String
  var eventID: Int64?
  /// What the history holds there; nil where the finding is not about an event.
  var expected: String?
  /// What the code did.
  var actual: String?
  var differences: [Difference]
  /// `order.lua:14`.
  var location: String?
  var lines: [Line]
  var hasLines: Bool
  var hint: String?

  init(_ finding: Finding, app: String?, sources: inout SourceFiles) {
    rule = finding.rule.rawValue
    message = finding.message
    eventID = finding.eventID
    expected = finding.expected.map { "event \($0.eventID)  \($0.summary)" }
    actual = finding.actual?.summary
    differences = finding.differences.map { Difference(field: $0.field, history: $0.expected, code: $0.actual) }
    hint = finding.hint
    lines = []
    if let place = finding.location.map({ sources.resolve($0, app: app) }) {
      location = "\(place)"
      lines = sources.excerpt(at: place, before: 4, after: 3).map {
        Line(number: $0.number, text: String($0.text), isIt: $0.number == place.line)
      }
    }
    hasLines = !lines.isEmpty
  }
}
