import HindcastCore

extension HistoryVerdict {
  /// Makes the first warning of a history that passed its failure.
  mutating func promoteWarnings() {
    guard verdict == .passed, let index = warnings.firstIndex(where: { $0.severity >= .warning }) else { return }
    var finding = warnings.remove(at: index)
    finding.severity = .error
    verdict = Self.strictVerdict(of: finding.rule)
    failure = finding
    isPromoted = true
  }

  /// The verdict that a warning stands for: whether the history, the code or their agreement is in doubt.
  private static func strictVerdict(of rule: RuleCode) -> Verdict {
    switch rule {
    case .historyNote, .eventsAfterClose, .unknownFlag, .profileMismatch, .unknownEvent, .unknownMarker: .invalid
    case .openTaskFails: .failed
    default: .nondeterministic
    }
  }
}
