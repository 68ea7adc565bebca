public import HindcastCore

/// How histories are replayed.
public struct ReplayOptions: Sendable {
  /// Whose verdict counts.
  public enum Verdicts: Sendable {
    /// Hindcast's analysis.
    case analysis
    /// What the Go SDK's replayer says, its blind spots and false alarms included.
    case goSDK
  }

  /// Whose verdict counts.
  public var verdicts = Verdicts.analysis
  /// Histories that are replayed at the same time, at least 1.
  public var jobs = 1
  /// Whether each history is replayed a second time under another seed, to find code that does not do the same twice.
  public var shakes = true
  /// Whether the causes of divergences are looked for, which takes some more replays of each history that diverges.
  public var explains = true
  /// Whether warnings are failures.
  public var isStrict = false
  /// How long one history may take, all its replays included, until it is given up; nil: for ever.
  ///
  /// What workflow code may use up is for `limits`; this catches whatever they do not.
  public var timeout: Duration? = .seconds(120)
  /// What workflow code may use up before it yields.
  public var limits = RunLimits()
  /// Types to look at; empty: all. Histories of other types are left out, as if they were not there.
  public var types: Set<String> = []
  /// Whether verdicts tell what the code ran: `HistoryVerdict.coverage`.
  public var collectsCoverage = false
  /// The namespace that the code is told.
  public var namespace = "default"

  /// The defaults: one job, shaken.
  public init() {}
}
