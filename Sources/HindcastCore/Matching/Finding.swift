public import HindcastHistory
public import TemporalAPI

/// How much a finding matters.
public enum Severity: String, Sendable, Hashable, Comparable, Codable {
  /// No effect on the recorded part.
  case info
  /// The replay is accepted, but what the code would do differs from the recording.
  case warning
  /// The running workflow would break.
  case error

  private var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    }
  }

  /// By weight, info lowest.
  public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
}

/// A field in which a command differs from the event that it should have become.
public struct FieldDifference: Sendable, Hashable {
  /// The field's path, such as `activityType.name` or `input[0].amount`.
  public var field: String
  /// What the history holds, as text.
  public var expected: String
  /// What the code did, as text.
  public var actual: String

  /// Makes a difference.
  public init(field: String, expected: String, actual: String) {
    self.field = field
    self.expected = expected
    self.actual = actual
  }
}

/// A command of the code that matched an event.
public struct MatchedCommand: Sendable, Hashable {
  /// The event's id.
  public var eventID: Int64
  /// The command in words, such as `ScheduleActivityTask app:charge_payment (id 5)`.
  public var summary: String
  /// Where the code asked for it.
  public var location: SourceLocation?
}

/// One thing that replaying a history showed: the error that decides the verdict, or a warning.
///
/// Plain data: reporters only render it.
public struct Finding: Sendable {
  /// The stable code of the rule.
  public var rule: RuleCode
  /// How much it matters.
  public var severity: Severity
  /// One sentence for people.
  public var message: String
  /// The event of the history that it is about; nil when it is about none.
  public var eventID: Int64?
  /// That event.
  public var expected: HistoryEvent?
  /// The command that the code issued.
  public var actual: IssuedCommand?
  /// Fields that differ.
  public var differences: [FieldDifference]
  /// Where workflow code stood.
  public var location: SourceLocation?
  /// The stack there, innermost first, where it was captured.
  public var stack: [StackFrame]
  /// All coroutines, for deadlocks.
  public var coroutines: [CoroutineStack]
  /// The `WorkflowTaskStarted` event of the task in which it showed.
  public var taskStartedEventID: Int64?
  /// The last commands that matched before it, oldest first.
  public var matchedBefore: [MatchedCommand]
  /// What the user may do about it.
  public var hint: String?
  /// What was done to the code, where that was looked for.
  public var explanation: Explanation?

  /// Makes a finding.
  public init(
    _ rule: RuleCode, _ severity: Severity, _ message: String, eventID: Int64? = nil, expected: HistoryEvent? = nil,
    actual: IssuedCommand? = nil, differences: [FieldDifference] = [], location: SourceLocation? = nil,
    hint: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.message = message
    self.eventID = eventID ?? expected?.eventID
    self.expected = expected
    self.actual = actual
    self.differences = differences
    self.location = location ?? actual?.location
    stack = actual?.stack ?? []
    coroutines = []
    matchedBefore = []
    self.hint = hint
  }
}
