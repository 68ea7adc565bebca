public import HindcastCore

/// What a suite expects of one history, as its `expected.yaml` says.
public struct Expectation: Sendable, Hashable {
  /// The verdict.
  public var verdict: Verdict
  /// The rule that decides it, or of one of the warnings when the verdict is `passed`; nil: any.
  public var rule: RuleCode?
  /// The event that the finding is about; nil: any.
  public var eventID: Int64?

  /// Makes an expectation.
  public init(verdict: Verdict, rule: RuleCode? = nil, eventID: Int64? = nil) {
    self.verdict = verdict
    self.rule = rule
    self.eventID = eventID
  }

  /// Whether a history turned out so.
  public func isMet(by actual: HistoryVerdict) -> Bool {
    // Strictness turns a warning into the failure; what is expected of the replay itself stays the same.
    let replayed = actual.isPromoted ? Verdict.passed : actual.verdict
    guard replayed == verdict else { return false }
    guard rule != nil || eventID != nil else { return !actual.isPromoted }
    let deciding = [actual.failure].compactMap(\.self)
    let candidates = verdict == .passed ? deciding + actual.warnings : deciding
    return candidates.contains { finding in
      (rule ?? finding.rule) == finding.rule && (eventID == nil || eventID == finding.eventID)
    }
  }
}

extension Expectation: CustomStringConvertible {
  /// `nondeterministic, missing-command, event 11`.
  public var description: String {
    var parts = [verdict.rawValue]
    if let rule { parts.append(rule.rawValue) }
    if let eventID { parts.append("event \(eventID)") }
    return parts.joined(separator: ", ")
  }
}
