public import HindcastHistory
public import TemporalAPI

extension WorkflowRun {
  /// How the commands that the code issued in a task differ from what the history says it did there.
  ///
  /// A worker asks this for every task that it replays before the one it was given: code that no longer fits a history must
  /// not add to it.
  ///
  /// - Parameters:
  ///   - commands: what `takeCommands()` gave after the task ran.
  ///   - slice: the task, completed.
  ///   - events: the history that it was cut from.
  /// - Returns: the first difference, or `nil` when the two agree.
  public func divergence(
    of commands: [IssuedCommand], from slice: WorkflowTaskSlice, of events: [HistoryEvent]
  ) -> Finding? {
    var matcher = TaskMatcher(
      commands: commands, slice: slice, events: events,
      usesProtocolCommands: environment.flags.contains(.protocolMessageCommand))
    guard var finding = matcher.match() else { return nil }
    finding.taskStartedEventID = slice.started.map { events[$0].eventID }
    return finding
  }
}
