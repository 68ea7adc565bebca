public import TemporalAPI

/// A command as workflow code asked for it, with where the code stood.
public struct IssuedCommand: Sendable {
  /// The command as a worker sends it.
  public var command: Temporal_Api_Command_V1_Command
  /// Where the code stood that asked for it; nil for a command that an event caused, such as a ticker's next timer.
  public var location: SourceLocation?
  /// The whole stack, where the run captures stacks.
  public var stack: [StackFrame]
  /// For a protocol message: what the event that it becomes must say.
  public var update: UpdateExpectation?

  /// Makes a value.
  public init(
    command: Temporal_Api_Command_V1_Command, location: SourceLocation?, stack: [StackFrame] = [],
    update: UpdateExpectation? = nil
  ) {
    self.command = command
    self.location = location
    self.stack = stack
    self.update = update
  }
}

/// What an update's protocol message must become in history.
public enum UpdateExpectation: Sendable, Hashable {
  /// An accepted event for this instance, request message and sequencing event.
  case accepted(protocolInstanceID: String, requestMessageID: String, sequencingEventID: Int64)
  /// A completed event for this update; its outcome should be this one, though no SDK looks at it.
  case completed(updateID: String, outcome: Temporal_Api_Update_V1_Outcome)
}
