/// Checks a history against the rules that every recorded history keeps (spec/replay.md, 1.6).
public enum HistoryValidator {
  /// Everything that is wrong with a history, in the order of its events.
  ///
  /// A history is valid when no finding is an error.
  public static func findings(in history: WorkflowHistory) -> [HistoryFinding] {
    var findings: [HistoryFinding] = []
    if history.events.isEmpty {
      findings.append(
        HistoryFinding(
          code: .noEvents, severity: .error, file: history.origin.name, pointer: "/events",
          message: "the history has no events"))
    }
    return findings
  }
}
