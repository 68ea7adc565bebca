import HindcastHistory
import TemporalAPI

/// One thing that code did in a rehearsal.
enum RehearsalStep {
  /// How a command relates to the recorded one whose place it takes.
  enum Relation {
    /// It is the same, but for what no SDK looks at.
    case same
    /// The same kind of thing by another name.
    case renamed([FieldDifference])
    /// Another kind of thing.
    case replaced
  }

  /// A command in the place of a recorded one.
  /// - isLate: the code issues it after one that follows it in the history.
  case pair(recorded: Int, IssuedCommand, Relation, isLate: Bool, task: Int)
  /// A command that the history does not have.
  case inserted(IssuedCommand)
  /// A command behind the history's end.
  case beyond(IssuedCommand)
  /// The code ended where the history goes on to its end.
  case ended(IssuedCommand)
  /// A version that the code could not be told.
  case version(VersionStep)
  /// A mutable side effect that the history does not have.
  case mutableSideEffect(String, SourceLocation?)

  /// Where the code stood.
  var location: SourceLocation? {
    switch self {
    case .pair(_, let command, _, _, _), .inserted(let command), .beyond(let command), .ended(let command):
      command.location
    case .version(let version): version.location
    case .mutableSideEffect(_, let location): location
    }
  }
}

/// A version that the code asked for, and the history could not give.
struct VersionStep {
  var changeID: String
  /// What the history has; nil: no marker.
  var recorded: Int?
  var minimum: Int
  var maximum: Int
  var location: SourceLocation?

  /// The versions that the code supports, in words.
  var range: String { minimum == maximum ? "\(maximum)" : "\(minimum) to \(maximum)" }
}

/// Something that code asked for in a rehearsal.
struct RehearsedOperation {
  var command: IssuedCommand
  var eventID: Int64
  /// The recorded command whose place it takes.
  var recorded: Int?
  /// Whether that is of another kind, so that its answers must be put into other events.
  var isReplaced = false
  /// Whether the code cancelled it, so that no answer counts any more.
  var isTakenBack = false
  /// Whether an answer is still to come.
  var isOpen: Bool

  init(command: IssuedCommand, eventID: Int64) {
    self.command = command
    self.eventID = eventID
    switch command.command.commandType {
    case .scheduleActivityTask, .startTimer, .startChildWorkflowExecution, .signalExternalWorkflowExecution,
      .requestCancelExternalWorkflowExecution:
      isOpen = true
    default: isOpen = false
    }
  }
}
