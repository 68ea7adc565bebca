public import HindcastHistory
public import TemporalAPI

/// Why code and history part, in words, and what to do about it.
///
/// Found by trying: an edit explains a divergence when the history with that edit made replays, or gets further. The edits
/// say what was done to the *code* since it was recorded.
public struct Explanation: Sendable {
  /// The edits, in the order of the history; the fewest that were found.
  public var edits: [CommandEdit]
  /// Whether the code replays the whole history once the edits are made; otherwise they carry the replay only some way on.
  public var isComplete: Bool
  /// The cause in one or two sentences for people, such as `the code schedules a new activity app:audit before the timer`.
  public var cause: String
  /// What would mend it.
  public var fix: Fix?
  /// Both sides around the divergence, in order.
  public var rows: [AlignedRow]

  /// Makes an explanation.
  public init(edits: [CommandEdit], isComplete: Bool, cause: String, fix: Fix? = nil, rows: [AlignedRow] = []) {
    self.edits = edits
    self.isComplete = isComplete
    self.cause = cause
    self.fix = fix
    self.rows = rows
  }
}

/// One thing that was done to the commands of workflow code since a history was recorded.
public struct CommandEdit: Sendable {
  /// What was done. Raw values are stable: reports print them.
  public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    /// The code issues a command that the history does not have.
    case inserted
    /// The code no longer issues a command that the history has.
    case removed
    /// The code issues two commands in the other order.
    case swapped
    /// The code issues a command sooner or later than the history has it, for it does not wait for the same.
    case moved
    /// The type, name or ID of what a command asks for is another.
    case renamed
    /// Another attribute is another.
    case attributeChanged = "attribute-changed"
    /// A command of another kind stands in a command's place.
    case replaced
    /// The code asks for a version that the history has no marker of, or no longer supports the one that it has.
    case versionMarkerMissing = "version-marker-missing"
    /// The history has a marker of a version that the code does not ask for any more.
    case versionMarkerStale = "version-marker-stale"
    /// The code ends the workflow where the history goes on, goes on where it ends, or ends it otherwise.
    case endChanged = "end-changed"
  }

  /// What was done.
  public var kind: Kind
  /// The event of the history that it is about; nil for what the history does not have.
  public var event: HistoryEvent?
  /// The command of the code; nil for what the code does not issue.
  public var command: IssuedCommand?
  /// The fields that are others, for ``Kind/renamed`` and ``Kind/attributeChanged``.
  public var differences: [FieldDifference]
  /// Where in the code the change is, as near as can be told: what was removed left no line, so for it this is where the
  /// code went on.
  public var location: SourceLocation?
  /// Where the code stood at the command before.
  public var previousLocation: SourceLocation?

  /// Makes an edit.
  public init(
    _ kind: Kind, event: HistoryEvent? = nil, command: IssuedCommand? = nil, differences: [FieldDifference] = [],
    location: SourceLocation? = nil
  ) {
    self.kind = kind
    self.event = event
    self.command = command
    self.differences = differences
    self.location = location ?? command?.location
  }
}

/// What mends a divergence.
public struct Fix: Sendable, Hashable {
  /// One sentence.
  public var advice: String
  /// Code to start from, in the workflow's language, such as a `workflow.version` gate; nil where none would help.
  public var snippet: String?
  /// Where it goes.
  public var location: SourceLocation?

  /// Makes a fix.
  public init(advice: String, snippet: String? = nil, location: SourceLocation? = nil) {
    self.advice = advice
    self.snippet = snippet
    self.location = location
  }
}

/// One row of the two sides beside each other.
public struct AlignedRow: Sendable {
  /// How the sides of the row relate.
  public enum Relation: String, Sendable, Hashable, Codable {
    /// They are the same.
    case matched
    /// They are each other's, but differ.
    case differs
    /// Only the history has it.
    case onlyHistory = "only-history"
    /// Only the code has it.
    case onlyCode = "only-code"
  }

  /// How they relate.
  public var relation: Relation
  /// The history's side, in words; nil where it has none.
  public var event: String?
  /// The ID of that event.
  public var eventID: Int64?
  /// The code's side, in words; nil where it has none.
  public var command: String?
  /// Where the code issued it.
  public var location: SourceLocation?

  /// Makes a row.
  public init(
    _ relation: Relation, event: String? = nil, eventID: Int64? = nil, command: String? = nil,
    location: SourceLocation? = nil
  ) {
    self.relation = relation
    self.event = event
    self.eventID = eventID
    self.command = command
    self.location = location
  }
}
