public import HindcastHistory
public import TemporalAPI

/// Compares the commands with which a worker of the Go SDK's kind answered a task with what the history says of that task.
public enum CommandMatching {
  /// The first difference, or `nil` when the two agree.
  ///
  /// Commands that stand for the answers to updates are left out: what they stand for is in the answer's messages.
  ///
  /// - Parameters:
  ///   - commands: the answer's commands, in their order.
  ///   - slice: the task, completed.
  ///   - events: the history that it was cut from.
  public static func divergence(
    of commands: [Command], from slice: WorkflowTaskSlice, of events: [HistoryEvent]
  ) -> Finding? {
    let issued = commands.filter { $0.commandType != .protocolMessage }.map {
      IssuedCommand(command: $0, location: nil)
    }
    var matcher = TaskMatcher(commands: issued, slice: slice, events: events, usesProtocolCommands: false)
    guard var finding = matcher.match() else { return nil }
    finding.taskStartedEventID = slice.started.map { events[$0].eventID }
    return finding
  }
}
