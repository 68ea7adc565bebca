import HindcastCore
import HindcastHistory
import HindcastReplay

extension Finding {
  /// `warning duration-changed at event 11: 10s → 11s`.
  var headline: String {
    let place = eventID.map { " at event \($0)" } ?? ""
    return "\(severity.rawValue) \(rule.rawValue)\(place): \(message)"
  }

  /// Where the change is that explains it, else where the code stood, else the place of the first coroutine that has one.
  var codeLocation: SourceLocation? {
    explanation?.edits.first?.location ?? location ?? stack.lazy.compactMap(\.location).first
      ?? coroutines.lazy.compactMap(\.location).first
  }

  /// The fields that differ, where that says anything: of two that stand at one place and are not each other's it does not.
  var tellingDifferences: [FieldDifference] {
    if let edit = explanation?.edits.first, ![.renamed, .attributeChanged].contains(edit.kind) { return [] }
    return differences
  }

  /// Why it is so where that was found out, else what it looks like.
  var reason: String { explanation?.cause ?? message }

  /// What there is to say about how far the cause explains it; nil where it does so fully.
  var reservation: String? {
    guard let explanation, !explanation.isComplete, !explanation.edits.isEmpty else { return nil }
    return "as far as can be told: the replay does not reach the history's end with that alone"
  }

  /// Why, what it looks like, and what to do about it, a line each; the first is what most readers see.
  var sentences: [String] {
    guard let explanation else { return [message] + (hint.map { ["Hint: \($0)"] } ?? []) }
    var lines = [explanation.cause + (reservation.map { " (\($0))" } ?? ""), "Found: \(message)"]
    if let fix = explanation.fix {
      lines.append("Fix: \(fix.advice)")
      if let snippet = fix.snippet { lines.append(snippet) }
    } else if let hint {
      lines.append("Hint: \(hint)")
    }
    return lines
  }
}

extension HistoryVerdict {
  /// The folder of the history's file; `.` where the path names none.
  var folder: String {
    guard let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  /// What did not go as it should, as a headline.
  var failureTitle: String {
    guard let failure else {
      return "\(verdict.rawValue), though \(expectation.map(String.init(describing:)) ?? "another verdict") is expected"
    }
    return failure.eventID.map { "\(failure.rule.rawValue) at event \($0)" } ?? failure.rule.rawValue
  }
}

extension SourceFiles {
  /// Where a finding is in the code, as the user can open it.
  mutating func place(of finding: Finding, app: String?) -> SourceLocation? {
    finding.codeLocation.map { resolve($0, app: app) }
  }
}
