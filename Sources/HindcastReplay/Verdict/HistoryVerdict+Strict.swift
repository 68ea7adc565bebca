import HindcastCore

extension HistoryVerdict {
  /// Makes the first warning of a history that passed its failure.
  ///
  /// Notes on how the file was written stay notes: nothing that anyone does to the code would settle them.
  mutating func promoteWarnings() {
    let index = warnings.firstIndex { $0.severity >= .warning && $0.rule != .historyNote }
    guard verdict == .passed, let index else { return }
    var finding = warnings.remove(at: index)
    finding.severity = .error
    verdict = Self.strictVerdict(of: finding.rule)
    failure = finding
    isPromoted = true
  }

  /// The verdict that a warning stands for: whether the history, the code or their agreement is in doubt.
  private static func strictVerdict(of rule: RuleCode) -> Verdict {
    switch rule {
    case .eventsAfterClose, .unknownFlag, .profileMismatch, .unknownEvent, .unknownMarker: .invalid
    case .openTaskFails: .failed
    default: .nondeterministic
    }
  }
}
