/// Why a workflow task cannot be completed: what a worker would answer with `RespondWorkflowTaskFailed`.
///
/// Unlike a failed workflow this ends nothing: the server tries the task again, for as long as the code stays as it is.
public struct TaskFailure: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable, Hashable {
    /// The code asked for something that the history rules out (TMPRL1100).
    case nondeterminism
    /// The code did not yield within its budget (TMPRL1101).
    case deadlock
    /// The code needs more memory or stack than it may have.
    case resourceExhausted
    /// The SDK itself gave up on this history, such as on an unknown event type; not a nondeterminism error.
    case unreadableHistory
    /// The workflow code raised an error in a language whose errors fail the task and not the workflow.
    case codeError
  }

  /// The class of the failure.
  public var kind: Kind
  /// The text as the SDK prints it, TMPRL code included.
  public var message: String
  /// Where workflow code stood, where that is known.
  public var location: SourceLocation?
  /// The stack there, innermost first, where stacks are captured.
  public var stack: [StackFrame] = []
  /// All coroutines, where the failure is about them.
  public var coroutines: [CoroutineStack]
  /// The event that the failure is about, where it is not the one that was being delivered.
  public var eventID: Int64?
  /// The rule that a report names, where it is more than `kind` says.
  public var rule: RuleCode?

  /// Makes a failure.
  public init(
    _ kind: Kind, _ message: String, location: SourceLocation? = nil, coroutines: [CoroutineStack] = [],
    rule: RuleCode? = nil
  ) {
    self.kind = kind
    self.message = message
    self.location = location
    self.coroutines = coroutines
    self.rule = rule
  }

  /// The message, after the location where there is one.
  public var description: String {
    location.map { "\($0): \(message)" } ?? message
  }
}

/// Why workflow code could not be loaded for a type: a syntax error, a type that nobody defines, and the like.
public struct WorkflowLoadError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable, Hashable {
    /// No code is known for the workflow type.
    case unregisteredType
    /// There is code, and it does not load.
    case invalidCode
  }

  /// The class of the error.
  public var kind: Kind
  /// What to tell the user, such as `'end' expected (to close 'function' at line 3)`.
  public var message: String
  /// Where in the code.
  public var location: SourceLocation?
  /// What the user may do about it.
  public var hint: String?

  /// Makes an error.
  public init(_ kind: Kind, _ message: String, location: SourceLocation? = nil, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.location = location
    self.hint = hint
  }

  /// `file:line: message (hint)`.
  public var description: String {
    let text = location.map { "\($0): \(message)" } ?? message
    return hint.map { "\(text) (\($0))" } ?? text
  }
}
