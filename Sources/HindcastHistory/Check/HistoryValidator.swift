/// Checks a history against the rules that every recorded history keeps (spec/replay.md, 1.6).
public enum HistoryValidator {
  /// Whose eyes to look with: some faults stop one SDK's replayer and not another's.
  public enum Profile: Sendable, CaseIterable {
    /// What is wrong in itself.
    case analysis
    /// What the Go SDK refuses.
    case go
    /// What the SDKs refuse that are built on sdk-core.
    case core
  }

  /// How many findings of one rule are listed before the rest is only counted.
  public static let findingsPerRule = 100

  /// Everything that is wrong with a history, in the order of its events.
  ///
  /// A history is valid when no finding is an error. One pass over the events; the time is linear in their number.
  ///
  /// - Parameters:
  ///   - history: the history to check.
  ///   - profile: whose rules decide about the severities that SDKs disagree about.
  ///   - isStrict: whether events after the close of the run are an error and not only a warning.
  public static func findings(
    in history: WorkflowHistory, profile: Profile = .analysis, isStrict: Bool = false
  ) -> [HistoryFinding] {
    var check = HistoryCheck(history, profile: profile, isStrict: isStrict)
    check.run()
    return check.log.findings
  }
}
