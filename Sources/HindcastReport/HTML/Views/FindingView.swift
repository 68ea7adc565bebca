import HindcastCore
import HindcastHistory
import HindcastReplay
import TemporalAPI

/// What a replay found, beside the code that it found it in.
///
/// A name that is absent here is looked up in what surrounds it on the page, so no surrounding view may have a field of the same
/// name, and what may be missing is an empty text or list beside a truth value.
package struct FindingView {
  struct Line {
    var number: Int
    var text: String
    /// Whether it is the line that the finding is about.
    var isIt: Bool
  }

  struct Difference {
    var field: String
    var inHistory: String
    var inCode: String
  }

  struct Stack {
    var stackName: String
    var frames: [String]
  }

  var rule: String
  /// The rule in a few words.
  var ruleTitle: String
  /// `error`, `warning`, `info`: a class of the style sheet.
  var severity: String
  var message: String
  /// `event 11`; empty where the finding is not about an event.
  var eventName: String
  var hasEvent: Bool
  /// Why, where that was found out.
  var cause: String
  var hasCause: Bool
  /// How far the cause explains it; empty where it does so fully.
  var reservation: String
  /// Both sides beside each other.
  var sides: [SideView]
  var hasSides: Bool
  var differences: [Difference]
  var hasDifferences: Bool
  /// What the two sides of a difference are.
  var firstSide: String
  var secondSide: String
  /// `order.lua:14`; empty where there is none.
  var place: String
  var hasPlace: Bool
  var lines: [Line]
  var hasLines: Bool
  /// What to do about it.
  var advice: String
  var hasAdvice: Bool
  /// Code to start from.
  var snippet: String
  var hasSnippet: Bool
  /// Where the snippet goes; empty where that is not known.
  var fixPlace: String
  var stacks: [Stack]
  var hasStacks: Bool

  init(_ finding: Finding, app: String?, sources: inout SourceFiles) {
    rule = finding.rule.rawValue
    ruleTitle = finding.rule.details.title
    severity = finding.severity.rawValue
    message = finding.message
    eventName = finding.eventID.map { "event \($0)" } ?? ""
    hasEvent = !eventName.isEmpty
    cause = finding.explanation?.cause ?? ""
    hasCause = !cause.isEmpty
    reservation = finding.reservation.map { "(\($0))" } ?? ""
    sides = SideView.sides(of: finding, app: app, sources: &sources)
    hasSides = !sides.isEmpty
    differences = finding.tellingDifferences.map {
      Difference(field: $0.field, inHistory: $0.expected, inCode: $0.actual)
    }
    hasDifferences = !differences.isEmpty
    (firstSide, secondSide) =
      finding.rule == .unstableCode ? ("The first run", "The second run") : ("In the history", "In the code")
    lines = []
    place = ""
    if let location = sources.place(of: finding, app: app) {
      place = "\(location)"
      lines = sources.excerpt(at: location, before: 4, after: 3).map {
        Line(number: $0.number, text: String($0.text), isIt: $0.number == location.line)
      }
    }
    hasPlace = !place.isEmpty
    hasLines = !lines.isEmpty
    let fix = finding.explanation?.fix
    advice = fix?.advice ?? finding.hint ?? ""
    hasAdvice = !advice.isEmpty
    snippet = fix?.snippet ?? ""
    hasSnippet = !snippet.isEmpty
    fixPlace = fix?.location.map { sources.resolve($0, app: app).description } ?? ""
    stacks = []
    if finding.stack.count > 1 {
      stacks.append(Stack(stackName: "The code", frames: Self.frames(finding.stack, app: app, &sources)))
    }
    for coroutine in finding.coroutines {
      let name = coroutine.name + (coroutine.waitingFor.map { ", waiting for \($0)" } ?? "")
      stacks.append(Stack(stackName: name, frames: Self.frames(coroutine.frames, app: app, &sources)))
    }
    hasStacks = !stacks.isEmpty
  }

  /// Stacks deeper than this repeat themselves.
  private static let frameLimit = 20

  private static func frames(_ frames: [StackFrame], app: String?, _ sources: inout SourceFiles) -> [String] {
    var texts = frames.prefix(frameLimit).map { frame in
      let place = frame.location.map { sources.resolve($0, app: app).description } ?? "(host)"
      return frame.function.map { "\(place) in \($0)" } ?? place
    }
    if frames.count > frameLimit { texts.append("and \(frames.count - frameLimit) more") }
    return texts
  }
}
