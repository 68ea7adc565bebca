import HindcastCore
import HindcastHistory
import HindcastReplay

extension Finding {
  /// `warning duration-changed at event 11: 10s → 11s`.
  var headline: String {
    let place = eventID.map { " at event \($0)" } ?? ""
    return "\(severity.rawValue) \(rule.rawValue)\(place): \(message)"
  }

  /// Where the code stood: the place of the finding, else that of the first coroutine that has one.
  var codeLocation: SourceLocation? {
    location ?? stack.lazy.compactMap(\.location).first ?? coroutines.lazy.compactMap(\.location).first
  }

  /// What happened, why, and what to do about it, in sentences a line each.
  var sentences: [String] {
    var lines = [message]
    if let explanation {
      lines.append("Cause: \(explanation.cause)")
      if let fix = explanation.fix { lines.append("Fix: \(fix.advice)") }
    }
    if let hint, explanation?.fix == nil { lines.append("Hint: \(hint)") }
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
