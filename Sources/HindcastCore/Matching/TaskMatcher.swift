import HindcastHistory
import TemporalAPI

/// Pairs the commands of one task with the events that its completion wrote, and explains the first pair that does not fit.
struct TaskMatcher {
  let events: [HistoryEvent]
  let slice: WorkflowTaskSlice
  let commands: [IssuedCommand]
  /// The indices of the events that the commands must have become.
  let expected: [Int]
  /// A `Version` marker that claims an update of the search attribute which does not follow it: later ids are off by one.
  private let bareVersionMarker: Int?
  private(set) var remarks: [Finding] = []
  /// The commands that fit, with the ids of their events.
  private(set) var matched: [(eventID: Int64, command: IssuedCommand)] = []

  /// - Parameter usesProtocolCommands: whether updates take part in the order of commands (SDK flag 3).
  init(commands: [IssuedCommand], slice: WorkflowTaskSlice, events: [HistoryEvent], usesProtocolCommands: Bool) {
    self.events = events
    self.slice = slice
    self.commands = Self.compared(commands)
    (expected, bareVersionMarker) = Self.compared(slice.output, events, usesProtocolCommands: usesProtocolCommands)
  }

  /// Version and mutable side effect markers are free to come and go; the SDK leaves them out on both sides.
  private static func compared(_ commands: [IssuedCommand]) -> [IssuedCommand] {
    guard commands.contains(where: { $0.command.commandType == .recordMarker }) else { return commands }
    var isAfterVersion = false
    return commands.filter { issued in
      defer { isAfterVersion = issued.command.recordMarkerCommandAttributes.markerName == Marker.version }
      switch issued.command.attributes {
      case .recordMarkerCommandAttributes(let marker)?:
        return marker.markerName != Marker.version && marker.markerName != Marker.mutableSideEffect
      case .upsertWorkflowSearchAttributesCommandAttributes(let upsert)?:
        return !(isAfterVersion && upsert.searchAttributes.indexedFields[changeVersionAttribute] != nil)
      default: return true
      }
    }
  }

  /// The indices of the events of a task's output that its commands must have become.
  static func compared(
    _ output: Range<Int>, _ events: [HistoryEvent], usesProtocolCommands: Bool
  ) -> (expected: [Int], bareVersionMarker: Int?) {
    var result: [Int] = []
    var bare: Int?
    var index = output.lowerBound
    while index < output.upperBound {
      defer { index += 1 }
      switch events[index].eventType {
      case .markerRecorded:
        let marker = events[index].markerRecordedEventAttributes
        if marker.markerName == Marker.mutableSideEffect { continue }
        guard marker.markerName == Marker.version else {
          result.append(index)
          continue
        }
        if isVersionUpsert(index + 1, in: output, events) {
          index += 1
        } else if JSONPayload.boolean(marker.details["version-search-attribute-updated"]) ?? true {
          bare = bare ?? index
        }
      case .workflowExecutionUpdateAccepted, .workflowExecutionUpdateCompleted, .workflowExecutionUpdateRejected:
        if usesProtocolCommands { result.append(index) }
      case let type where type.isCommandEvent: result.append(index)
      default: continue
      }
    }
    return (result, bare)
  }

  private static func isVersionUpsert(_ index: Int, in output: Range<Int>, _ events: [HistoryEvent]) -> Bool {
    guard index < output.upperBound,
      case .upsertWorkflowSearchAttributesEventAttributes(let upsert)? = events[index].attributes
    else { return false }
    return upsert.searchAttributes.indexedFields[changeVersionAttribute] != nil
  }

  /// Matches pair by pair; answers the first divergence.
  mutating func match() -> Finding? {
    for position in 0..<min(commands.count, expected.count) {
      let event = events[expected[position]]
      let command = commands[position]
      guard let comparison = CommandComparison.of(command, with: event) else {
        return explainKinds(at: position)
      }
      if let mismatch = comparison.mismatch { return explain(mismatch, at: position) }
      for remark in comparison.remarks { remarks.append(finding(remark, command, event)) }
      matched.append((event.eventID, command))
    }
    if expected.count > commands.count { return explainMissing(at: commands.count) }
    if commands.count > expected.count, !slice.mayBeCutShort { return explainExtra(at: expected.count) }
    return explainBareVersionMarker()
  }

  private func finding(
    _ remark: (rule: RuleCode, severity: Severity, differences: [FieldDifference]), _ command: IssuedCommand,
    _ event: HistoryEvent
  ) -> Finding {
    let fields = remark.differences.map { "\($0.field): \($0.expected) → \($0.actual)" }.joined(separator: "; ")
    return Finding(
      remark.rule, remark.severity, "\(event.summary): \(fields)", expected: event, actual: command,
      differences: remark.differences)
  }
}

// MARK: Explaining

extension TaskMatcher {
  /// The command's event lies later in this task, or is the first that the history expects after `position`.
  private func isExpectedLater(_ command: IssuedCommand, after position: Int) -> Bool {
    for later in expected[min(position + 1, expected.count)...] where command.isAlike(events[later]) { return true }
    // What the history expects next, in a later task.
    guard position + 1 >= expected.count else { return false }
    for index in slice.output.upperBound..<events.count where events[index].eventType.isCommandEvent {
      if case .markerRecordedEventAttributes(let marker)? = events[index].attributes,
        marker.markerName == Marker.version || marker.markerName == Marker.mutableSideEffect
      {
        continue
      }
      return command.isAlike(events[index])
    }
    return false
  }

  private func isIssuedLater(_ event: HistoryEvent, after position: Int) -> Bool {
    commands[min(position + 1, commands.count)...].contains { $0.isAlike(event) }
  }

  private func explainKinds(at position: Int) -> Finding {
    let (command, event) = (commands[position], events[expected[position]])
    if let finding = explainEnd(command, event, at: position) { return finding }
    return explainOrder(command, event, at: position)
      ?? finding(
        .commandKindChanged, "the history has \(event.summary), but the code issued \(command.summary)", event, command)
  }

  private func explain(_ mismatch: (rule: RuleCode, differences: [FieldDifference]), at position: Int) -> Finding {
    let (command, event) = (commands[position], events[expected[position]])
    if !command.isAlike(event), let order = explainOrder(command, event, at: position) { return order }
    let fields = mismatch.differences.map { "\($0.field) \($0.expected) → \($0.actual)" }.joined(separator: ", ")
    var result = finding(
      mismatch.rule, "the history has \(event.summary), but the code issued \(command.summary): \(fields)", event,
      command)
    result.differences = mismatch.differences
    return explainBareVersionMarker() ?? result
  }

  /// The predicted ids of everything after the marker are wrong, which the SDK notices when it looks a command up.
  private func explainBareVersionMarker() -> Finding? {
    guard let bareVersionMarker, expected.contains(where: { $0 > bareVersionMarker }) else { return nil }
    let event = events[bareVersionMarker]
    return finding(
      .versionUpsertMissing,
      "the Version marker says that TemporalChangeVersion was updated, but no update follows it, so every later id of the "
        + "task is off by one", event, nil)
  }

  /// Two sequences that hold the same things in another order, or one of them more.
  private func explainOrder(_ command: IssuedCommand, _ event: HistoryEvent, at position: Int) -> Finding? {
    let isLater = isExpectedLater(command, after: position)
    let isIssued = isIssuedLater(event, after: position)
    if isLater, isIssued {
      return finding(
        .commandsReordered,
        "the history has \(event.summary) before what became of \(command.summary), but the code issues them the other way round",
        event, command)
    }
    if isIssued {
      return finding(
        .extraCommand,
        "the code issues \(command.summary), which the history does not have, before what became \(event.summary)",
        event,
        command)
    }
    if isLater, event.eventType == .workflowExecutionUpdateAccepted { return unanswered(event, command) }
    if isLater {
      return finding(
        .missingCommand,
        "the history has \(event.summary), but the code goes on with \(command.summary) without issuing it", event,
        command)
    }
    return nil
  }

  /// One side ends the workflow.
  private func explainEnd(_ command: IssuedCommand, _ event: HistoryEvent, at position: Int) -> Finding? {
    switch (command.closesWorkflow, event.eventType.closesWorkflow) {
    case (true, true):
      return finding(
        .closeKindChanged, "the history ends with \(event.summary), but the code ended with \(command.summary)", event,
        command)
    case (true, false):
      return finding(
        .completedEarly, "the code ended with \(command.summary), but the history goes on with \(event.summary)", event,
        command)
    case (false, true):
      return finding(
        .extraCommand,
        "the code issues \(command.summary), which the history does not have, where the history ends with \(event.summary)",
        event, command)
    case (false, false): return nil
    }
  }

  private func explainMissing(at position: Int) -> Finding {
    let event = events[expected[position]]
    if event.eventType.closesWorkflow {
      return finding(
        .notCompleted, "the history ends here with \(event.summary), but the code does not end", event, nil)
    }
    if event.eventType == .workflowExecutionUpdateAccepted { return unanswered(event, nil) }
    return finding(
      .missingCommand, "the history has \(event.summary), but the code did not issue a command for it", event, nil)
  }

  private func unanswered(_ event: HistoryEvent, _ command: IssuedCommand?) -> Finding {
    finding(
      .updateUnanswered, "the history has \(event.summary), but the code did not accept the update", event, command)
  }

  private func explainExtra(at position: Int) -> Finding {
    let command = commands[position]
    let next = slice.output.first { !events[$0].eventType.isCommandEvent && $0 != slice.completed }
    let place = next.map { "before \(events[$0].summary) (event \(events[$0].eventID))" } ?? "at its end"
    var result = finding(
      command.closesWorkflow ? .completedEarly : .extraCommand,
      command.closesWorkflow
        ? "the code ended with \(command.summary), but the history goes on"
        : "the code issues \(command.summary), which the history does not have \(place)", nil, command)
    result.eventID = next.map { events[$0].eventID } ?? slice.completed.map { events[$0].eventID }
    return result
  }

  private func finding(
    _ rule: RuleCode, _ message: String, _ event: HistoryEvent?, _ command: IssuedCommand?
  ) -> Finding {
    Finding(rule, .error, message, expected: event, actual: command, hint: Self.hint(for: rule))
  }

  private static func hint(for rule: RuleCode) -> String? {
    switch rule {
    case .notCompleted, .updateUnanswered: nil
    default:
      "running workflows keep the old commands: guard the change with workflow.version(\"<change>\", -1, 1), or revert it"
    }
  }
}

extension IssuedCommand {
  /// Whether the command ends the workflow.
  public var closesWorkflow: Bool {
    switch command.commandType {
    case .completeWorkflowExecution, .failWorkflowExecution, .cancelWorkflowExecution, .continueAsNewWorkflowExecution:
      true
    default: false
    }
  }

  /// Whether the event looks like this command's, ids aside: they shift with every command before it.
  func isAlike(_ event: HistoryEvent) -> Bool {
    switch (command.attributes, event.attributes) {
    case (.scheduleActivityTaskCommandAttributes(let c)?, .activityTaskScheduledEventAttributes(let e)?):
      CommandComparison.lastPart(c.activityType.name) == CommandComparison.lastPart(e.activityType.name)
    case (.startTimerCommandAttributes(let c)?, .timerStartedEventAttributes(let e)?):
      c.startToFireTimeout == e.startToFireTimeout
    case (
      .startChildWorkflowExecutionCommandAttributes(let c)?,
      .startChildWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      CommandComparison.lastPart(c.workflowType.name) == CommandComparison.lastPart(e.workflowType.name)
    case (
      .signalExternalWorkflowExecutionCommandAttributes(let c)?,
      .signalExternalWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      c.signalName == e.signalName && c.execution.workflowID == e.workflowExecution.workflowID
    case (.cancelTimerCommandAttributes?, .timerCanceledEventAttributes?),
      (.requestCancelActivityTaskCommandAttributes?, .activityTaskCancelRequestedEventAttributes?):
      true
    default:
      CommandComparison.of(self, with: event).map { $0.mismatch == nil } ?? false
    }
  }
}
