import TemporalAPI

/// All commands of a run that something may still happen to, and the counter that predicts their event ids.
///
/// The Go SDK's `commandsHelper`: events look their command up here by its key, and a failed lookup is how a replay usually
/// notices that the code no longer issues what the history holds (spec/replay.md 3.1, 4.2).
struct CommandLedger {
  private var machines: [CommandMachine.Key: CommandMachine] = [:]
  /// Machines that were added, moved to the end or cancelled since the commands were last collected, in that order.
  private var touched: [CommandMachine] = []
  private(set) var nextEventID: Int64 = 0
  private var versionMarkers: [Int64: Bool] = [:]
  private var activityIDs: [Int64: String] = [:]
  private var cancellationIDs: [Int64: String] = [:]
  private var signalIDs: [Int64: String] = [:]

  // MARK: Ids

  mutating func workflowTaskStarted(eventID: Int64) {
    // Commands that exist already (a cancel handler or a ticker issued them on an earlier event) get the first ids.
    let uncounted = touched.reduce(0) { $0 + ($1.isRemoved || $1.command == nil ? 0 : 1) }
    nextEventID = eventID + 2 + Int64(uncounted)
  }

  mutating func nextID() throws(TaskFailure) -> Int64 {
    skipVersionMarkers()
    guard nextEventID != 0 else {
      throw TaskFailure(.codeError, "Attempt to generate a command before processing WorkflowTaskStarted event")
    }
    return nextEventID
  }

  private mutating func skipVersionMarkers() {
    guard !versionMarkers.isEmpty else { return }
    while let searchAttributeUpdated = versionMarkers.removeValue(forKey: nextEventID) {
      nextEventID += searchAttributeUpdated ? 2 : 1
    }
  }

  mutating func noteVersionMarker(eventID: Int64, changeID: String, searchAttributeUpdated: Bool) throws(TaskFailure) {
    guard versionMarkers.updateValue(searchAttributeUpdated, forKey: eventID) == nil else {
      throw .illegalState(
        "marker event already exists for eventID in lookup: eventID: \(eventID), changeID: \(changeID)")
    }
  }

  // MARK: Machines

  mutating func add(_ machine: CommandMachine) throws(TaskFailure) {
    guard machines[machine.key] == nil else {
      throw .illegalState("adding duplicate command CommandType: \(machine.key.kind.name), ID: \(machine.key.id)")
    }
    machines[machine.key] = machine
    touch(machine)
    skipVersionMarkers()
    nextEventID += 1
  }

  func contains(_ kind: CommandKind, _ id: String) -> Bool {
    machines[CommandMachine.Key(kind: kind, id: id)] != nil
  }

  func machine(_ kind: CommandKind, _ id: String) throws(TaskFailure) -> CommandMachine {
    guard let machine = machines[CommandMachine.Key(kind: kind, id: id)] else {
      throw .illegalState(
        "During replay, a matching \(kind.name) command was expected in history event position \(id). However, the "
          + "replayed code did not produce that. Possible causes are nondeterministic workflow definition code, or an "
          + "incompatible change in the workflow definition.")
    }
    return machine
  }

  @discardableResult
  mutating func move(_ kind: CommandKind, _ id: String, on input: CommandInput) throws(TaskFailure) -> CommandMachine {
    let machine = try machine(kind, id)
    try machine.move(on: input)
    if machine.state == .completed { machines[machine.key] = nil }
    return machine
  }

  private mutating func remove(_ kind: CommandKind, _ id: String) {
    machines.removeValue(forKey: CommandMachine.Key(kind: kind, id: id))?.isRemoved = true
  }

  /// The commands of the task, in the order in which they were issued; they count as sent from now on.
  mutating func takeCommands() throws(TaskFailure) -> [IssuedCommand] {
    var commands: [IssuedCommand] = []
    commands.reserveCapacity(touched.count)
    let batch = touched
    touched.removeAll(keepingCapacity: true)
    for machine in batch where !machine.isRemoved {
      machine.isTouched = false
      if let command = machine.command { commands.append(command) }
      try machine.move(on: .commandSent)
      if machine.state == .completed { machines[machine.key] = nil }
    }
    return commands
  }

  private mutating func touch(_ machine: CommandMachine) {
    guard !machine.isTouched else { return }
    machine.isTouched = true
    touched.append(machine)
  }

  private mutating func moveToEnd(_ machine: CommandMachine) {
    if machine.isTouched { touched.removeAll { $0 === machine } }
    machine.isTouched = false
    touch(machine)
  }

  // MARK: Activities

  mutating func schedule(activity machine: CommandMachine, eventID: Int64) throws(TaskFailure) {
    machine.eventID = eventID
    activityIDs[eventID] = machine.key.id
    try add(machine)
  }

  mutating func activityScheduled(id: String, eventID: Int64) throws(TaskFailure) {
    guard activityIDs[eventID] != nil else {
      throw .illegalState(
        "lookup failed for scheduledEventID to activityID: scheduleEventID: \(eventID), activityID: \(id)")
    }
    try move(.activity, id, on: .initiated)
  }

  mutating func activityCancelRequested(scheduledEventID: Int64) throws(TaskFailure) {
    guard let id = activityIDs[scheduledEventID] else {
      throw .illegalState("unable to find activityID for the scheduledEventID: \(scheduledEventID)")
    }
    try move(.activity, id, on: .cancelInitiated)
  }

  /// Closes the activity, on `input` completion or canceled.
  mutating func activityClosed(
    scheduledEventID: Int64, on input: CommandInput, event: @autoclosure () -> String
  ) throws(TaskFailure) -> CommandMachine {
    guard let id = activityIDs[scheduledEventID] else {
      throw .illegalState("unable to find activityID for the event: \(event())", rule: .unexpectedResolution)
    }
    let found = try machine(.activity, id)
    // A cancel request that is not sent yet has nothing left to cancel.
    if input == .completion { remove(.requestCancelActivityTask, String(scheduledEventID)) }
    try found.move(on: input)
    if found.state == .completed { machines[found.key] = nil }
    activityIDs[scheduledEventID] = nil
    return found
  }

  mutating func cancelActivity(id: String, with cancel: (Int64) -> IssuedCommand) throws(TaskFailure) -> CommandMachine
  {
    let machine = try machine(.activity, id)
    switch machine.state {
    case .created, .commandSent, .initiated:
      try add(
        CommandMachine(.requestCancelActivityTask, id: String(machine.eventID), issued: cancel(machine.eventID)))
      if machine.state != .commandSent {
        // The server can't cancel an activity that it hands out with the very response that schedules it.
        machine.issued.command.scheduleActivityTaskCommandAttributes.requestEagerExecution = false
      }
    default: break
    }
    try machine.move(on: .cancel)
    touch(machine)
    return machine
  }

  // MARK: Timers

  mutating func timerFired(id: String) throws(TaskFailure) -> CommandMachine {
    let found = try machine(.timer, id)
    remove(.cancelTimer, id)
    try found.move(on: .completion)
    if found.state == .completed { machines[found.key] = nil }
    return found
  }

  mutating func cancelTimer(id: String, with cancel: () -> IssuedCommand) throws(TaskFailure) -> CommandMachine {
    let machine = try machine(.timer, id)
    switch machine.state {
    case .created, .commandSent, .initiated: try add(CommandMachine(.cancelTimer, id: id, issued: cancel()))
    default: break
    }
    try machine.move(on: .cancel)
    touch(machine)
    return machine
  }

  // MARK: Children and other workflows

  /// Cancels a child. Where a cancel command results, it takes the last place in the task.
  mutating func cancelChild(workflowID: String) throws(TaskFailure) {
    let machine = try machine(.childWorkflow, workflowID)
    let wasStarted = machine.state == .started
    try machine.move(on: .cancel)
    if wasStarted {
      moveToEnd(machine)
      nextEventID += 1
    } else {
      touch(machine)
    }
  }

  mutating func cancelExternalInitiated(eventID: Int64, workflowID: String, control: String) throws(TaskFailure) {
    if control.isEmpty {
      try move(.childWorkflow, workflowID, on: .cancelInitiated)
    } else {
      cancellationIDs[eventID] = control
      try move(.cancellation, control, on: .initiated)
    }
  }

  /// The machine of an external cancel request, or nil where the request was for a child.
  mutating func cancelExternalClosed(
    initiatedEventID: Int64, workflowID: String, childInput: CommandInput
  ) throws(TaskFailure) -> CommandMachine? {
    guard let control = cancellationIDs.removeValue(forKey: initiatedEventID) else {
      try move(.childWorkflow, workflowID, on: childInput)
      return nil
    }
    return try move(.cancellation, control, on: .completion)
  }

  mutating func signalInitiated(eventID: Int64, control: String) throws(TaskFailure) {
    signalIDs[eventID] = control
    try move(.signal, control, on: .initiated)
  }

  mutating func signalClosed(initiatedEventID: Int64) throws(TaskFailure) -> CommandMachine {
    guard let control = signalIDs.removeValue(forKey: initiatedEventID) else {
      throw TaskFailure(.nondeterminism, "unable to find signalID for initiatedEventID: \(initiatedEventID)")
    }
    return try move(.signal, control, on: .completion)
  }
}
