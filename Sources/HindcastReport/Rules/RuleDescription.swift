public import HindcastCore

/// What a rule is about, for those who meet its code in a report.
public struct RuleDescription: Sendable, Hashable {
  /// A few words, such as `Activity type changed`.
  public var title: String
  /// What it means, in a sentence or two.
  public var explanation: String
  /// What to do about it.
  public var remedy: String
  /// How much a finding of the rule matters as a rule.
  public var severity: Severity

  init(_ severity: Severity, _ title: String, _ explanation: String, _ remedy: String) {
    self.title = title
    self.explanation = explanation
    self.remedy = remedy
    self.severity = severity
  }
}

extension RuleCode {
  /// What the rule is about.
  public var details: RuleDescription {
    commandRule ?? identityRule ?? markerRule ?? runRule ?? valueRule ?? remarkRule
  }
}

/// What mends most divergences.
enum Remedy {
  static let gate =
    "Running workflows keep the old commands: put the change behind workflow.version(\"<change>\", -1, 1) and keep the old "
    + "branch until they have ended, or revert it."
  static let keepName =
    "Keep the old name for running workflows: choose between old and new behind a workflow.version gate, or revert."
  static let intended =
    "Nothing, if the change is meant: no SDK compares this. Otherwise put it behind a workflow.version gate. --strict makes it a "
    + "failure."
  static let export = "Export the history again with a current tool, and leave it unedited."
}
