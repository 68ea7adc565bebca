import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// What a rehearsal answers where a replay would fail.
protocol RehearsalPrompter: AnyObject {
  /// The version that code is told.
  /// - Parameter recorded: what the history or an earlier answer says; nil: nothing.
  func version(of changeID: String, recorded: Int?, minimum: Int, maximum: Int, at location: SourceLocation?) -> Int
  /// The recorded value of the side effect that the code asks for; nil: it is to be made.
  func sideEffect(at location: SourceLocation?) -> Temporal_Api_Common_V1_Payloads?
  /// The side effect that was to be made could not be made, and nothing is recorded.
  func sideEffectFailed()
  /// Code asks for a mutable side effect that the history does not have.
  func mutableSideEffectIsMissing(_ id: String, at location: SourceLocation?)
}

/// Runs code beside a history that it does not fit, as if its changes had been made before the history was recorded.
///
/// Each command of the code takes the place of one that the history holds, or is new. It gets the answers that the
/// history has for it, under the IDs that the code predicts; answers to what the code does not ask for are left out,
/// and what is new is answered with nothing. Where more than one of these readings is possible, a script says which to
/// take, so that whoever holds the scripts can look for the one that needs the fewest changes.
final class Rehearsal {
  /// A place where there was more than one way to read what the code did.
  struct Choice {
    /// What each way costs at least.
    var costs: [Double]
    var taken: Int
    /// What the rehearsal had cost before it, and how many commands had fitted.
    var costBefore: Double
    var matchedBefore: Int
  }

  /// How the rehearsal ended.
  enum Ending {
    /// The code went as far as the history does.
    case whole
    /// The code waits, and nothing in the history wakes it.
    case stuck
    /// It needs more changes than anyone would believe.
    case abandoned
    /// The code raised an error, ran into a limit, or did what no history allows.
    case failed(isLimit: Bool)
  }

  let story: RecordedStory
  private let script: [Int]
  /// Whether whoever asked has run out of patience.
  private let isOutOfTime: () -> Bool
  private(set) var choices: [Choice] = []
  var steps: [RehearsalStep] = []
  private(set) var ending = Ending.whole
  /// Events that were delivered, for a budget that no clock decides.
  private(set) var delivered = 0
  /// The run, until `close()`.
  private(set) var run: WorkflowRun?

  /// By recorded command.
  private(set) var isIssued: [Bool]
  /// The recorded command after the last one that was matched in its order.
  var head = 0
  /// The recorded commands before `head` that the code did not issue, in order.
  var skipped: [Int] = []
  /// What new commands, other names and the like have cost.
  var editCost = 0.0
  var matched = 0
  /// What was seen already, and costs less when it comes again.
  var seen: Set<String> = []
  /// Whether the code has ended the workflow.
  var hasClosed = false
  /// What the insertions since the last pair have cost.
  var insertionBlock = 0.0

  /// Where the code stood last: at its last command, or where it waited after it.
  private(set) var lastLocation: SourceLocation?
  var operations: [RehearsedOperation] = []
  var operationOfRecorded: [Int: Int] = [:]
  /// Answers to commands that the code has not issued yet.
  private var deferred: [Int: [HistoryEvent]] = [:]
  /// Operations whose deferred answers are due.
  private var due: [Int] = []
  private var undelivered: [HistoryEvent] = []
  private var lastID: Int64 = 0
  private var lastTime = Google_Protobuf_Timestamp()
  var task = 0
  private var isExtraTask = false
  /// The recorded side effect that each one of the code took; nil: none.
  var sideEffects: [Int?] = []
  var reservedSideEffects: Set<Int> = []

  /// More cost than this explains nothing to anyone.
  static let costLimit = 6.5

  init(_ story: RecordedStory, script: [Int] = [], isOutOfTime: @escaping () -> Bool = { false }) {
    self.story = story
    self.script = script
    self.isOutOfTime = isOutOfTime
    isIssued = Array(repeating: false, count: story.commands.count)
  }

  /// Releases the code. No call may follow.
  func close() { run?.close() }

  /// What the rehearsal costs: each change about 1, repetitions of one next to nothing.
  var cost: Double { editCost + skipCost }

  /// What it costs that the code passed over commands.
  private var skipCost: Double {
    var cost = 0.0
    var block = 0.0
    var last = -2
    for number in skipped {
      if number != last + 1 {
        cost += block
        // To cancel what is not there any more is no change of its own.
        block = story.event(number).eventType.isCancellation ? 0.1 : 1
      } else {
        block = Self.longer(block)
      }
      last = number
    }
    // What is left out right before the end, with nothing in its place, is left out at once: the code ends early.
    if hasClosed, insertionBlock == 0, let close = story.closingCommand, last == close - 1 { block = min(block, 1.3) }
    return cost + block
  }

  /// What a block of changes costs with one more. Whoever puts in or deletes a lot in one place does so at once; but it must
  /// not be cheaper to say that everything is new and all the old is gone than to say what has become of what.
  static func longer(_ block: Double) -> Double { block >= 4 ? block : block + 0.7 }

  /// Whether the code has left something out, and so may be further than the task that it is in.
  var isAhead: Bool { !skipped.isEmpty }

  /// The next recorded command in order: none from `head` on was issued.
  var front: Int? { head < story.commands.count ? head : nil }

  /// Counts a recorded command as issued, and those as passed over that stand before it and were not.
  func markIssued(_ number: Int) {
    isIssued[number] = true
    if number < head {
      skipped.removeAll { $0 == number }
    } else {
      skipped += head..<number
      head = number + 1
    }
  }

  /// Takes one of several ways.
  func choose(_ costs: [Double]) -> Int {
    guard costs.count > 1 else { return 0 }
    let wanted = choices.count < script.count ? script[choices.count] : 0
    let taken = costs.indices.contains(wanted) ? wanted : 0
    choices.append(Choice(costs: costs, taken: taken, costBefore: cost, matchedBefore: matched))
    return taken
  }

  // MARK: Performing

  /// Runs the code from the first event on.
  func perform(of history: WorkflowHistory, namespace: String, in runtime: any WorkflowRuntime) {
    guard let started = history.startedAttributes else { return ending = .failed(isLimit: false) }
    let environment = WorkflowEnvironment(info: history.workflowInfo(started: started, namespace: namespace))
    environment.prompter = self
    guard let run = try? WorkflowRun(environment: environment, in: runtime) else {
      return ending = .failed(isLimit: false)
    }
    self.run = run
    do throws(TaskFailure) {
      for number in story.slices.indices {
        task = number
        try play(story.slices[number], run)
        if environment.completion != nil { break }
        if cost > Self.costLimit || isOutOfTime() { return ending = .abandoned }
      }
      try goOnAfterTheEnd(run)
      if case .failed(_, isUncaught: true)? = environment.completion { return ending = .failed(isLimit: false) }
      if environment.completion == nil, story.isClosed, story.closingCommand != nil { ending = .stuck }
    } catch {
      ending = .failed(isLimit: error.kind == .deadlock || error.kind == .resourceExhausted)
    }
  }

  private func play(_ slice: WorkflowTaskSlice, _ run: WorkflowRun) throws(TaskFailure) {
    isExtraTask = false
    run.environment.sideEffects.results = [:]
    run.setReplaying(!slice.mayBeCutShort)
    try run.lookAhead(slice, of: story.events)
    // The markers' places are those of other IDs.
    run.environment.sideEffects.mutableRecorded = []
    try deliverCommands(run)
    let messages = try run.acceptedUpdates(slice, of: story.events)
    var next = 0
    for index in slice.deliveredIndices(of: story.events) {
      let event = story.events[index]
      while next < messages.count, messages[next].eventID < event.eventID {
        try run.deliver(messages[next])
        next += 1
      }
      if index == slice.started {
        try start(event, run)
      } else if !event.eventType.isCommandEvent, event.eventType != .workflowTaskCompleted {
        try deliver(recorded: event, run)
      }
      while next < messages.count, messages[next].eventID <= event.eventID {
        try run.deliver(messages[next])
        next += 1
      }
    }
    try finishRecordedLocalActivities(run)
    try take(run)
    try catchUp(run)
  }

  /// A new workflow task with the time of a recorded one, or the last one's.
  private func start(_ recorded: HistoryEvent?, _ run: WorkflowRun) throws(TaskFailure) {
    var event = recorded ?? HistoryEvent()
    if recorded == nil {
      event.eventType = .workflowTaskStarted
      event.workflowTaskStartedEventAttributes = .init()
      event.eventTime = lastTime
    }
    lastTime = event.eventTime
    lastID += 2
    event.eventID = lastID
    delivered += 1
    try run.deliver(event)
    lastID += 1
  }

  /// Takes the commands, and finds their places.
  private func take(_ run: WorkflowRun) throws(TaskFailure) {
    var commands = try run.takeCommands()
    if case .failed(_, isUncaught: true)? = run.environment.completion {
      // An error is no end that anybody wrote: mostly the answer was not the one that the code can go on with.
      commands.removeAll(where: \.closesWorkflow)
    }
    for (index, command) in commands.enumerated() {
      lastID += 1
      let operation = operations.count
      operations.append(RehearsedOperation(command: command, eventID: lastID))
      place(operation, before: commands[(index + 1)...])
      if let recorded = operations[operation].recorded, deferred[recorded] != nil { due.append(operation) }
      if let event = operations[operation].event { undelivered.append(event) }
      noteCancellation(by: command.command)
      lastLocation = command.location ?? lastLocation
    }
    if run.environment.completion == nil { lastLocation = run.coroutines.first?.location ?? lastLocation }
  }

  private func deliverCommands(_ run: WorkflowRun) throws(TaskFailure) {
    defer { undelivered = [] }
    for event in undelivered {
      delivered += 1
      try run.deliver(event)
    }
  }

  private func deliver(_ events: [HistoryEvent], _ run: WorkflowRun) throws(TaskFailure) {
    for event in events {
      var event = event
      lastID += 1
      event.eventID = lastID
      delivered += 1
      try run.deliver(event)
    }
  }

  /// Delivers an event of the history, if it means something to this code.
  private func deliver(recorded event: HistoryEvent, _ run: WorkflowRun) throws(TaskFailure) {
    switch story.owner(of: event) {
    case .nobody: try deliver([event], run)
    case .unknown: break
    case .command(let number):
      if let operation = operationOfRecorded[number] {
        try deliver(operations[operation].answers(to: event), run)
        if event.eventType.isFinalAnswer { operations[operation].isOpen = false }
      } else {
        deferred[number, default: []].append(event)
      }
    }
  }

  // MARK: Catching up

  /// Whether the history has the code issue more than it has by now.
  private var isBehind: Bool {
    story.commandsOfTask.indices.contains(task) && head < story.commandsOfTask[task].upperBound
  }

  /// Answers what the history has no answer for, as long as the code waits for it.
  private func catchUp(_ run: WorkflowRun) throws(TaskFailure) {
    while run.environment.completion == nil, isBehind, cost <= Self.costLimit {
      if mayWaitForEver(run), choose([0, 1]) == 1 { return passOverTheRest() }
      guard try goOn(run) else { return }
    }
  }

  /// Whether the code may wait, at the end of an open history, for what nobody has answered yet: then what the history holds
  /// beyond is gone, and nothing else needs to be new.
  private func mayWaitForEver(_ run: WorkflowRun) -> Bool {
    guard !story.isClosed, task == story.slices.count - 1 else { return false }
    return run.awaitsLocalActivities || operations.contains { $0.isOpen && $0.recorded == nil }
  }

  private func passOverTheRest() {
    skipped += head..<story.commands.count
    head = story.commands.count
  }

  private func goOnAfterTheEnd(_ run: WorkflowRun) throws(TaskFailure) {
    guard story.isClosed, story.closingCommand != nil else { return }
    while run.environment.completion == nil, cost <= Self.costLimit {
      guard try goOn(run) else { return }
    }
  }

  /// Lets the code go on by an answer of its own; false when it waits for none.
  private func goOn(_ run: WorkflowRun) throws(TaskFailure) -> Bool {
    if try finishNewLocalActivity(run) {
      try take(run)
      return true
    }
    let open = operations.indices.filter { operations[$0].isOpen && operations[$0].recorded == nil }
    guard !open.isEmpty || !due.isEmpty else { return false }
    isExtraTask = true
    try deliverCommands(run)
    for operation in due {
      guard let recorded = operations[operation].recorded else { continue }
      for event in deferred.removeValue(forKey: recorded) ?? [] {
        try deliver(operations[operation].answers(to: event), run)
        if event.eventType.isFinalAnswer { operations[operation].isOpen = false }
      }
    }
    due = []
    for operation in open {
      try deliver(operations[operation].emptyAnswers, run)
      operations[operation].isOpen = false
    }
    try start(nil, run)
    try take(run)
    return true
  }

  /// Whether what the code issues now lies behind the end of the history, where nobody knows what it should be.
  var isPastTheEnd: Bool {
    guard !story.isClosed, task == story.slices.count - 1, front == nil else { return false }
    return isExtraTask || story.slices[task].mayBeCutShort
  }

  // MARK: Local activities

  /// Gives the code the results of local activities that the task recorded.
  private func finishRecordedLocalActivities(_ run: WorkflowRun) throws(TaskFailure) {
    var finished: Set<Int> = []
    var isProgressing = true
    while isProgressing {
      isProgressing = false
      for number in story.commandsOfTask[task] where !isIssued[number] && !finished.contains(number) {
        guard let outcome = RecordedLocalActivity(story.event(number)),
          let id = run.environment.oldestLocalActivity(of: outcome.type)
        else { continue }
        finished.insert(number)
        isProgressing = true
        try run.finishLocalActivity(id, outcome.outcome, after: .zero)
      }
    }
  }

  /// Ends the oldest local activity that the code waits for: as the history's next one, or with nothing.
  private func finishNewLocalActivity(_ run: WorkflowRun) throws(TaskFailure) -> Bool {
    guard let id = run.environment.oldestLocalActivity(of: nil) else { return false }
    let front = front.flatMap { RecordedLocalActivity(story.event($0)) }
    try run.finishLocalActivity(
      id, front?.outcome ?? LocalActivityOutcome(.success(nil), attempt: 1), after: .zero)
    return true
  }

}

extension EventType {
  /// Whether a command that asks for this event takes back another one.
  var isCancellation: Bool { self == .timerCanceled || self == .activityTaskCancelRequested }

  /// Whether an event of this type is the last word on a command.
  fileprivate var isFinalAnswer: Bool {
    self != .activityTaskStarted && self != .childWorkflowExecutionStarted
  }
}
