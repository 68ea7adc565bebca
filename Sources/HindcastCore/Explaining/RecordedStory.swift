import HindcastHistory
import TemporalAPI

/// What a history says that the code did: its commands in order, with the tasks that issued them.
struct RecordedStory {
  /// A command that the history holds.
  struct RecordedCommand {
    /// The index of its event.
    var event: Int
    /// The number of the task that issued it, from 0.
    var task: Int
  }

  /// A `Version` marker.
  struct VersionMarker {
    var event: HistoryEvent
    var task: Int
    var changeID: String
    var version: Int
  }

  let events: [HistoryEvent]
  /// The tasks that were completed.
  private(set) var slices: [WorkflowTaskSlice] = []
  private(set) var commands: [RecordedCommand] = []
  /// By task.
  private(set) var commandsOfTask: [Range<Int>] = []
  private(set) var versionMarkers: [VersionMarker] = []
  /// The IDs of mutable side effects, each once.
  private(set) var mutableSideEffects: [(id: String, event: HistoryEvent)] = []
  /// By the ID of the command's event.
  private var numbers: [Int64: Int] = [:]
  /// Whether the run ended within the history, by a command or by the server.
  let isClosed: Bool

  init(_ history: WorkflowHistory) {
    events = history.events
    isClosed = history.isClosed
    var slicer = HistorySlicer(events)
    var usesProtocolCommands = false
    while let slice = slicer.next(), slice.completed != nil {
      if slice.langUsedFlags.contains(SDKFlags.Flag.protocolMessageCommand.rawValue) { usesProtocolCommands = true }
      add(slice, usesProtocolCommands: usesProtocolCommands)
      if slice.output.contains(where: { events[$0].eventType.closesWorkflow }) { break }
    }
  }

  private mutating func add(_ slice: WorkflowTaskSlice, usesProtocolCommands: Bool) {
    let task = slices.count
    slices.append(slice)
    let first = commands.count
    for index in TaskMatcher.compared(slice.output, events, usesProtocolCommands: usesProtocolCommands).expected {
      numbers[events[index].eventID] = commands.count
      commands.append(RecordedCommand(event: index, task: task))
    }
    commandsOfTask.append(first..<commands.count)
    for index in slice.output where events[index].eventType == .markerRecorded { note(marker: events[index], task) }
  }

  private mutating func note(marker event: HistoryEvent, _ task: Int) {
    let marker = event.markerRecordedEventAttributes
    switch marker.markerName {
    case Marker.version:
      guard let changeID = JSONPayload.string(marker.details["change-id"]),
        let version = JSONPayload.integer(marker.details["version"])
      else { return }
      versionMarkers.append(VersionMarker(event: event, task: task, changeID: changeID, version: version))
    case Marker.mutableSideEffect:
      guard let payload = marker.details["data"]?.payloads.first, let id = JSONPayload.string(payload),
        !mutableSideEffects.contains(where: { $0.id == id })
      else { return }
      mutableSideEffects.append((id, event))
    default: break
    }
  }

  /// The event of a command.
  func event(_ number: Int) -> HistoryEvent { events[commands[number].event] }

  /// The command that closed the run, if one did.
  var closingCommand: Int? {
    guard let last = commands.indices.last, event(last).eventType.closesWorkflow else { return nil }
    return last
  }

  /// Whose answer an event is.
  enum Owner: Equatable {
    /// No command's: it came from outside.
    case nobody
    /// That command's.
    case command(Int)
    /// A command's that the history does not hold.
    case unknown
  }

  /// Whose answer an event is.
  func owner(of event: HistoryEvent) -> Owner {
    guard let reference = event.references.first(where: { $0.isDecisive && $0.type.isCommandEvent }) else {
      return .nobody
    }
    return numbers[reference.eventID].map(Owner.command) ?? .unknown
  }

  /// What came in last before a task: what its code may have waited for, in words, with the event.
  func trigger(ofTask task: Int) -> (title: String, eventID: Int64)? {
    guard slices.indices.contains(task) else { return nil }
    for index in slices[task].input.reversed() where !events[index].eventType.isCommandEvent {
      let event = events[index]
      switch (event.attributes, owner(of: event)) {
      case (.workflowExecutionSignaledEventAttributes(let signal)?, _):
        return ("signal \(signal.signalName)", event.eventID)
      case (.workflowExecutionCancelRequestedEventAttributes?, _): return ("the cancel request", event.eventID)
      case (.activityTaskStartedEventAttributes?, _): continue
      case (_, .command(let number)): return (Subject(self.event(number)).definiteNoun, event.eventID)
      default: continue
      }
    }
    return nil
  }

  /// The command that an event's ID stands for.
  func number(ofEvent id: Int64) -> Int? { numbers[id] }
}
