import HindcastHistory
import TemporalAPI

/// How a command can be read.
private enum Reading {
  /// As the recorded command.
  case same(Int)
  /// As the recorded command under another name.
  case renamed(Int)
  /// As what took the place of the recorded command.
  case replaced(Int)
  /// As new.
  case inserted
}

extension Rehearsal {
  /// How far ahead a command is looked for.
  private static let window = 200
  /// Passing over more recorded commands than this is not the first thing to think of.
  private static let shortSkip = 8

  /// Finds the place of a command in the history, or decides that it is new.
  /// - Parameter rest: what the code issues after it without waiting.
  func place(_ operation: Int, before rest: ArraySlice<IssuedCommand>) {
    let command = operations[operation].command
    if command.command.recordMarkerCommandAttributes.markerName == Marker.sideEffect, !sideEffects.isEmpty {
      if let recorded = sideEffects.removeFirst() { return pair(operation, recorded, .same) }
      if isPastTheEnd { return steps.append(.beyond(command)) }
      return insert(command)
    }
    if isPastTheEnd { return steps.append(.beyond(command)) }
    if command.closesWorkflow { return placeEnd(operation) }
    guard let front else { return insert(command) }
    if isAlike(operation, front) { return pair(operation, front, relation(operation, front)) }
    let readings = readings(operation, front, rest)
    let taken = choose(readings.map(\.cost))
    switch readings[taken].reading {
    case .same(let number): pair(operation, number, relation(operation, number))
    case .renamed(let number): pair(operation, number, relation(operation, number))
    case .replaced(let number): pair(operation, number, .replaced)
    case .inserted: insert(command)
    }
  }

  /// The ways to read a command that is not the history's next one, with the likeliest first.
  private func readings(
    _ operation: Int, _ front: Int, _ rest: ArraySlice<IssuedCommand>
  ) -> [(reading: Reading, cost: Double)] {
    let command = operations[operation].command
    var result: [(reading: Reading, cost: Double)] = []
    if let late = skipped.first(where: { isAlike(operation, $0) }) {
      result.append((.same(late), 0))
    }
    let isFrontNear = rest.contains { Self.isAlike($0, story.event(front)) }
    let end = min(story.commands.count, front + Self.window)
    let ahead = (front + 1..<max(front + 1, end)).first { isAlike(operation, $0) }
    let isShort = ahead.map { $0 - front <= Self.shortSkip } ?? false
    if let ahead, isShort { result.append((.same(ahead), 1)) }
    let inserted = (reading: Reading.inserted, cost: insertionCost(command))
    let other = otherReading(operation, front)
    // What the code issues itself a moment later did not become this.
    if isFrontNear { result.append(inserted) }
    if let other, case .renamed = other.reading { result.append(other) }
    if !isFrontNear { result.append(inserted) }
    if let other, case .replaced = other.reading { result.append(other) }
    if let ahead, !isShort { result.append((.same(ahead), 1)) }
    return result
  }

  private func otherReading(_ operation: Int, _ front: Int) -> (reading: Reading, cost: Double)? {
    let (command, event) = (operations[operation].command, story.event(front))
    if let differences = Self.names(of: command, and: event) {
      // Another duration is nothing that a replay minds.
      if differences.isEmpty { return (.renamed(front), 0.25) }
      return (.renamed(front), seen.contains(Self.key(differences)) ? 0.1 : 1)
    }
    let isWork = operations[operation].isOpen || RecordedLocalActivity.type(of: command) != nil
    guard isWork, event.eventType.isWork || RecordedLocalActivity(event) != nil else { return nil }
    return (.replaced(front), 1.2)
  }

  private static func key(_ differences: [FieldDifference]) -> String {
    differences.map { "\($0.field) \($0.expected) \($0.actual)" }.joined(separator: "\n")
  }

  /// The second of what a loop does over and over costs little.
  private func insertionCost(_ command: IssuedCommand) -> Double {
    if seen.contains(Self.key(command)) { return 0.1 }
    return insertionBlock > 0 ? Self.longer(insertionBlock) - insertionBlock : 1
  }

  private static func key(_ command: IssuedCommand) -> String {
    "\(command.command.commandType) \(Subject(command).noun) \(command.location?.description ?? "")"
  }

  /// Commands that only take back others are no changes of their own.
  private func insert(_ command: IssuedCommand) {
    let isCancellation = [.cancelTimer, .requestCancelActivityTask].contains(command.command.commandType)
    let cost = isCancellation && insertionBlock > 0 ? 0 : insertionCost(command)
    editCost += cost
    insertionBlock += cost
    seen.insert(Self.key(command))
    steps.append(.inserted(command))
  }

  private func pair(_ operation: Int, _ number: Int, _ relation: RehearsalStep.Relation) {
    let isLate = number < head
    switch relation {
    case .same: matched += 1
    case .renamed(let differences):
      if differences.isEmpty {
        editCost += 0.25
      } else {
        editCost += seen.insert(Self.key(differences)).inserted ? 1 : 0.1
      }
    case .replaced:
      editCost += 1.2
      operations[operation].isReplaced = true
    }
    if isLate { editCost += 1 }
    // The end follows whatever stands before it: an insertion there still is the last thing that was done.
    if !hasClosed { insertionBlock = 0 }
    markIssued(number)
    operations[operation].recorded = number
    operationOfRecorded[number] = operation
    steps.append(
      .pair(recorded: number, operations[operation].command, relation, isLate: isLate, task: task))
  }

  /// The code ended the workflow.
  private func placeEnd(_ operation: Int) {
    let command = operations[operation].command
    hasClosed = true
    guard let close = story.closingCommand else {
      editCost += 1
      return steps.append(.ended(command))
    }
    let isSame = CommandComparison.of(command, with: story.event(close)) != nil
    pair(operation, close, isSame ? .same : .replaced)
  }

  /// A timer that the code cancelled will not fire.
  func noteCancellation(by command: Command) {
    guard case .cancelTimerCommandAttributes(let cancel)? = command.attributes,
      let timer = operation(ofTimer: cancel.timerID)
    else { return }
    operations[timer].isOpen = false
    operations[timer].isTakenBack = true
  }

  private func operation(ofTimer id: String) -> Int? {
    operations.lastIndex { $0.command.command.startTimerCommandAttributes.timerID == id }
  }

  // MARK: Likeness

  /// Whether a command is what the history holds there, IDs aside.
  private func isAlike(_ operation: Int, _ number: Int) -> Bool {
    let (command, event) = (operations[operation].command, story.event(number))
    switch (command.command.attributes, event.attributes) {
    case (.cancelTimerCommandAttributes(let c)?, .timerCanceledEventAttributes(let e)?):
      return isSame(self.operation(ofTimer: c.timerID), e.startedEventID)
    case (.requestCancelActivityTaskCommandAttributes(let c)?, .activityTaskCancelRequestedEventAttributes(let e)?):
      return isSame(operations.lastIndex { $0.eventID == c.scheduledEventID }, e.scheduledEventID)
    case (
      .requestCancelExternalWorkflowExecutionCommandAttributes(let c)?,
      .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      let child = operations.lastIndex {
        $0.command.command.startChildWorkflowExecutionCommandAttributes.workflowID == c.workflowID
      }
      guard let child, let recorded = operations[child].recorded else { break }
      return story.event(recorded).startChildWorkflowExecutionInitiatedEventAttributes.workflowID
        == e.workflowExecution.workflowID
    default: break
    }
    return Self.isAlike(command, event)
  }

  private func isSame(_ operation: Int?, _ eventID: Int64) -> Bool {
    guard let operation, let recorded = operations[operation].recorded else { return false }
    return recorded == story.number(ofEvent: eventID)
  }

  private static func isAlike(_ command: IssuedCommand, _ event: HistoryEvent) -> Bool {
    switch (command.update, event.attributes) {
    case (.accepted(let id, _, _)?, .workflowExecutionUpdateAcceptedEventAttributes(let e)?):
      return e.protocolInstanceID == id
    case (.completed(let id, _)?, .workflowExecutionUpdateCompletedEventAttributes(let e)?):
      return e.meta.updateID == id
    default: break
    }
    guard command.isAlike(event) else { return false }
    return RecordedLocalActivity.type(of: command) == RecordedLocalActivity(event)?.type
  }

  /// What remains different of a command in its place: names, or IDs that the code gives itself.
  private func relation(_ operation: Int, _ number: Int) -> RehearsalStep.Relation {
    let (command, event) = (operations[operation].command, story.event(number))
    let names = Self.isAlike(command, event) ? [] : Self.names(of: command, and: event)
    let differences = (names ?? []) + ids(operation, event)
    if differences.isEmpty { return names == nil || Self.isAlike(command, event) ? .same : .renamed([]) }
    return .renamed(differences)
  }

  /// The names in which two things of one kind differ; nil where they are of different kinds, or have no names.
  private static func names(of command: IssuedCommand, and event: HistoryEvent) -> [FieldDifference]? {
    var comparer = FieldComparer()
    switch (command.command.attributes, event.attributes) {
    case (.scheduleActivityTaskCommandAttributes(let c)?, .activityTaskScheduledEventAttributes(let e)?):
      comparer.text("activityType.name", expected: e.activityType.name, actual: c.activityType.name)
    case (
      .startChildWorkflowExecutionCommandAttributes(let c)?,
      .startChildWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      comparer.text("workflowType.name", expected: e.workflowType.name, actual: c.workflowType.name)
    case (
      .signalExternalWorkflowExecutionCommandAttributes(let c)?,
      .signalExternalWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      comparer.text("signalName", expected: e.signalName, actual: c.signalName)
      comparer.text(
        "workflowExecution.workflowId", expected: e.workflowExecution.workflowID, actual: c.execution.workflowID)
    case (
      .requestCancelExternalWorkflowExecutionCommandAttributes(let c)?,
      .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      comparer.text("workflowExecution.workflowId", expected: e.workflowExecution.workflowID, actual: c.workflowID)
    case (.startTimerCommandAttributes?, .timerStartedEventAttributes?): break
    case (.recordMarkerCommandAttributes?, .markerRecordedEventAttributes?):
      guard let type = RecordedLocalActivity.type(of: command), let recorded = RecordedLocalActivity(event) else {
        return nil
      }
      comparer.text("activityType", expected: recorded.type, actual: type)
    default: return nil
    }
    return comparer.differences
  }

  private static let generated = "(generated)"

  /// The IDs in which a command differs from its event, as far as the code gives them itself.
  private func ids(_ operation: Int, _ event: HistoryEvent) -> [FieldDifference] {
    var comparer = FieldComparer()
    let own = operations[operation]
    switch (own.command.command.attributes, event.attributes) {
    case (.scheduleActivityTaskCommandAttributes(let c)?, .activityTaskScheduledEventAttributes(let e)?):
      let isOwn = c.activityID != String(own.eventID)
      // Another number is one that a marker which is gone, or another SDK, has shifted.
      let wasOwn = isOwn ? e.activityID != String(event.eventID) : Int64(e.activityID) == nil
      comparer.text(
        "activityId", expected: wasOwn ? e.activityID : Self.generated, actual: isOwn ? c.activityID : Self.generated)
    case (.startTimerCommandAttributes?, .timerStartedEventAttributes(let e)?):
      if Int64(e.timerID) == nil { comparer.text("timerId", expected: e.timerID, actual: Self.generated) }
    case (
      .startChildWorkflowExecutionCommandAttributes(let c)?,
      .startChildWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      let runID = run?.environment.info.currentRunID ?? ""
      func isGenerated(_ id: String) -> Bool {
        id.hasPrefix(runID + "_") && Int64(id.dropFirst(runID.count + 1)) != nil
      }
      comparer.text(
        "workflowId", expected: isGenerated(e.workflowID) ? Self.generated : e.workflowID,
        actual: isGenerated(c.workflowID) ? Self.generated : c.workflowID)
    default: break
    }
    return comparer.differences
  }
}

extension EventType {
  /// Whether a command that asks for this event is answered.
  fileprivate var isWork: Bool {
    switch self {
    case .activityTaskScheduled, .timerStarted, .startChildWorkflowExecutionInitiated,
      .signalExternalWorkflowExecutionInitiated, .requestCancelExternalWorkflowExecutionInitiated:
      true
    default: false
    }
  }
}
