public import HindcastHistory
import TemporalAPI

/// What the Go SDK's replayer says of a history and this code: the emulation beside the analysis.
///
/// It follows `replayWorkflowHistory` and `ProcessWorkflowTask` of sdk-go, false alarms and blind spots included: commands are
/// compared in one flat list at the end, ids and last parts of names only, and a panic on the way there wins
/// (spec/replay.md 2.6, 3.1, 6.8).
public struct GoReplay {
  private let history: WorkflowHistory
  private var commands: [IssuedCommand] = []
  private var responded: [HistoryEvent] = []
  private var usesProtocolCommands = false

  private init(_ history: WorkflowHistory) {
    self.history = history
  }

  /// The error that the Go SDK's replayer returns, or nil where it accepts the history.
  public static func failure(
    of history: WorkflowHistory, in runtime: any WorkflowRuntime, namespace: String = "default"
  ) -> String? {
    var replay = GoReplay(history)
    return replay.replay(in: runtime, namespace: namespace)
  }

  private mutating func replay(in runtime: any WorkflowRuntime, namespace: String) -> String? {
    let events = history.events
    guard events.count >= 3 else { return "at least 3 events expected in the history" }
    guard case .workflowExecutionStartedEventAttributes(let started)? = events[0].attributes else {
      return "first event is not WorkflowExecutionStarted"
    }
    let environment = WorkflowEnvironment(info: history.workflowInfo(started: started, namespace: namespace))
    do {
      let run = try WorkflowRun(environment: environment, in: runtime)
      defer { run.close() }
      return try process(run)
    } catch let error as WorkflowLoadError {
      return error.kind == .unregisteredType
        ? "unable to find workflow type: \(started.workflowType.name)" : error.message
    } catch let failure as TaskFailure {
      return failure.message
    } catch {
      return "\(error)"
    }
  }

  private mutating func process(_ run: WorkflowRun) throws -> String? {
    let events = history.events
    for (previous, event) in zip(events, events.dropFirst()) where event.eventID != previous.eventID + 1 {
      return
        "missing history events, expectedNextEventID=\(previous.eventID + 1) but receivedNextEventID=\(event.eventID)"
    }
    let slices = Array(HistorySlicer(events))
    var close: IssuedCommand?
    var lastTaskStart: Int?
    var isPartial = false
    for (index, slice) in slices.enumerated() {
      // The SDK prepares the next task before it processes this one, so it meets the next one's flags first.
      for near in slices[index..<min(index + 2, slices.count)] {
        if let flag = near.langUsedFlags.first(where: { SDKFlags.Flag(rawValue: $0) == nil }) {
          return "unknown SDK flag: \(flag)"
        }
      }
      if slice.started != nil, slice.output.isEmpty {
        isPartial = true
        break
      }
      lastTaskStart = commands.count
      responded += slice.deliveredIndices(of: events).map { events[$0] }.filter(\.eventType.isCommandEvent)
      run.setReplaying(true)
      try run.run(slice, of: events)
      for command in try run.takeCommands() {
        if command.closesWorkflow { close = command } else { commands.append(command) }
      }
    }
    if isPartial, let lastTaskStart { commands.removeSubrange(lastTaskStart...) }
    usesProtocolCommands = run.environment.flags.contains(.protocolMessageCommand)
    return match() ?? checkEnd(close)
  }

  // MARK: The flat comparison

  private func match() -> String? {
    var (c, e) = (0, 0)
    while e < responded.count || c < commands.count {
      if e < responded.count {
        if isVersionPair(e) {
          e += 2
          continue
        }
        if isSkipped(responded[e]) {
          e += 1
          continue
        }
      }
      if c < commands.count, isSkipped(commands[c]) {
        c += 1
        continue
      }
      guard c < commands.count else {
        return "[TMPRL1100] nondeterministic workflow: missing replay command for \(responded[e].summary)"
      }
      guard e < responded.count else {
        return "[TMPRL1100] nondeterministic workflow: extra replay command for \(commands[c].summary)"
      }
      guard matches(commands[c], responded[e]) else {
        return
          "[TMPRL1100] nondeterministic workflow: history event is \(responded[e].summary), "
          + "replay command is \(commands[c].summary)"
      }
      c += 1
      e += 1
    }
    return nil
  }

  private func isVersionPair(_ index: Int) -> Bool {
    guard case .markerRecordedEventAttributes(let marker)? = responded[index].attributes,
      marker.markerName == Marker.version, index + 1 < responded.count,
      case .upsertWorkflowSearchAttributesEventAttributes(let upsert)? = responded[index + 1].attributes
    else { return false }
    return upsert.searchAttributes.indexedFields[changeVersionAttribute] != nil
  }

  private func isSkipped(_ event: HistoryEvent) -> Bool {
    switch event.attributes {
    case .markerRecordedEventAttributes(let marker)?:
      marker.markerName == Marker.version || marker.markerName == Marker.mutableSideEffect
    case .workflowExecutionUpdateAcceptedEventAttributes?, .workflowExecutionUpdateRejectedEventAttributes?,
      .workflowExecutionUpdateCompletedEventAttributes?:
      !usesProtocolCommands
    default: event.eventType.closesWorkflow
    }
  }

  private func isSkipped(_ issued: IssuedCommand) -> Bool {
    let name = issued.command.recordMarkerCommandAttributes.markerName
    return issued.command.commandType == .recordMarker && (name == Marker.version || name == Marker.mutableSideEffect)
  }

  private func matches(_ issued: IssuedCommand, _ event: HistoryEvent) -> Bool {
    guard let comparison = CommandComparison.of(issued, with: event) else { return false }
    // The one thing that the analysis looks at and the SDK's list does not is a child's id.
    return comparison.mismatch == nil || comparison.mismatch?.rule == .childIDChanged
  }

  // MARK: The end

  private func checkEnd(_ close: IssuedCommand?) -> String? {
    guard let last = history.events.last else { return nil }
    let expected: CommandType
    switch last.eventType {
    case .workflowExecutionCompleted: expected = .completeWorkflowExecution
    case .workflowExecutionContinuedAsNew: expected = .continueAsNewWorkflowExecution
    default: return nil
    }
    if close?.command.commandType == expected { return nil }
    return
      "replay workflow doesn't return the same result as the last event, resp: \(close?.summary ?? "(none)"), "
      + "last: \(last.summary)"
  }
}
