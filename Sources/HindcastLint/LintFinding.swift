public import HindcastCore

/// One thing that the linter found. Plain data: reporters only render it.
public struct LintFinding: Sendable, Hashable {
  /// The rule.
  public var rule: LintRule
  /// How much it matters.
  public var severity: Severity
  /// One sentence for people.
  public var message: String
  /// Where it is. The column counts characters; it is nil in code that stands in a YAML file.
  public var location: SourceLocation
  /// What the user may do about it.
  public var hint: String?

  /// Makes a finding.
  public init(
    _ rule: LintRule, _ message: String, at location: SourceLocation, severity: Severity? = nil, hint: String? = nil
  ) {
    self.rule = rule
    self.severity = severity ?? rule.severity
    self.message = message
    self.location = location
    self.hint = hint
  }
}

extension LintFinding: Comparable {
  /// By file, line, column and rule.
  public static func < (a: LintFinding, b: LintFinding) -> Bool { a.order < b.order }

  private var order: (String, Int, Int, String, String) {
    (location.file, location.line, location.column ?? 0, rule.rawValue, message)
  }
}
