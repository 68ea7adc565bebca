/// What became of one history.
public enum Verdict: String, Sendable, Hashable, CaseIterable, Codable {
  /// Code and history agree.
  case passed
  /// They diverge (TMPRL1100).
  case nondeterministic
  /// The code does not yield, or nothing can wake it (TMPRL1101).
  case deadlocked
  /// The code could not run: it does not load, is not registered, or raised an error that the history does not have.
  case failed
  /// The history itself is broken.
  case invalid
  /// The workflow type is none that the app defines.
  case skipped
}

/// The result of replaying one history once.
public struct ReplayOutcome: Sendable {
  /// The verdict.
  public var verdict: Verdict
  /// The finding that decided it; nil when it passed.
  public var failure: Finding?
  /// Warnings and remarks, in the order of the history.
  public var warnings: [Finding]
  /// Events that were looked at.
  public var events: Int
  /// Workflow tasks that ran.
  public var tasks: Int
  /// All commands in order, for comparing two replays of one history.
  public var commandDigest: CommandDigest
  /// All commands in order, where the options ask to keep them.
  public var commands: [IssuedCommand]
  /// What the code would do next in an open history, in words.
  public var pendingCommands: [String]
  /// The versions of changes that the code was told, in the order in which it first asked.
  public var versions: [VersionUse]

  /// Makes an outcome that passed.
  public init() {
    verdict = .passed
    warnings = []
    events = 0
    tasks = 0
    commandDigest = CommandDigest()
    commands = []
    pendingCommands = []
    versions = []
  }
}
