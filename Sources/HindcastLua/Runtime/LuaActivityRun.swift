import HindcastCore
import HindcastRegistry
import TemporalAPI

/// One call of a function or a process: the process of its code, whose operations take effect at once.
final class LuaActivityRun: ModuleClient {
  let run: LuaRun
  let activities: LuaActivities
  /// What the code may ask of the worker, without the seat that was for this call alone.
  let outside: LuaActivities.Context
  private let limits: RunLimits
  let depth: Int
  let context: ContextHeader
  /// Where what others have for this process comes in; nil where nobody knows it.
  let seat: ProcessSeat?
  let names: any ProcessNames
  var random: RandomBytes

  var completions: [OperationCompletion] = []
  var messages: [QueuedMessage] = []
  private let errands: Errands
  private var errandTasks: [Int: LuaTask] = [:]
  /// What time will bring, by when.
  private var alarms: [Alarm] = []
  /// Who waits for the host's answers, by their numbers.
  var questions: [Int: Asker] = [:]
  var lastQuestion = 0

  /// Whom an answer is for.
  enum Asker {
    case task(LuaTask)
    case future(Future)
  }

  private struct Alarm {
    var due: GoTime
    var wakes: Wakes

    enum Wakes {
      case task(LuaTask)
      case timer(TimerEntry)
    }
  }

  init(
    _ blueprint: LuaBlueprint, _ activities: LuaActivities, _ host: ModuleHost, _ header: ContextHeader,
    _ surroundings: LuaActivities.Context, _ limits: RunLimits, depth: Int
  ) {
    run = LuaRun(blueprint, host, randomSeed: 0)
    self.activities = activities
    random = surroundings.randomSeed.map(RandomBytes.run) ?? .system
    random.beginSideEffect()
    errands = Errands(wake: surroundings.wake)
    self.limits = limits
    self.depth = depth
    context = header
    seat = surroundings.seat
    // A function that this one calls is another process.
    var surroundings = surroundings
    surroundings.seat = nil
    outside = surroundings
    names = surroundings.processes ?? LocalNames()
  }

  // MARK: ModuleClient

  var entryID: String { run.blueprint.definition.id }
  var workflow: LuaWorkflowInstance? { nil }
  var surroundings: LuaActivities.Context? { outside }
  var appState: LuaAppState? { activities.application.state }
  var now: WorkflowTime { outside.now() }
  var processID: ProcessID {
    seat?.id ?? ProcessID(host: run.blueprint.definition.worker?.id ?? "activity", unique: entryID)
  }

  func log(_ level: String, _ message: String, _ fields: [(String, String)]) {
    outside.log(
      WorkflowLogLine(
        level: level, message: message, fields: fields, location: run.location(run.host.machine.currentLocation)))
  }

  /// What does not replay is no matter in an activity.
  func warn(_ hazard: LuaHazard, _ message: String) {}

  func taskFailure(for fault: LuaFault, of task: LuaTask?) -> TaskFailure? {
    switch fault.kind {
    case .error, .syntax, .stackOverflow: return nil
    case .instructionBudget, .cpuBudget, .memory, .refused, .setUp:
      run.host.isSpent = true
      return TaskFailure(.resourceExhausted, fault.message, location: run.location(fault.location))
    }
  }

  // MARK: Running

  /// How the code ended.
  enum End {
    case returned(EncodedPayload)
    /// It is to go on as other code, or as the same from its beginning.
    case upgraded(source: String, EncodedArguments)
  }

  func run(_ arguments: EncodedArguments) throws(LuaActivityFailure) -> End {
    let host = run.host
    host.client = self
    defer {
      errands.close()
      run.close()
      host.client = nil
      host.process = nil
    }
    host.machine.beginSlice(instructions: limits.instructions.map(Int64.init), cpuTime: limits.cpuTime)
    do throws(LuaFault) {
      try run.start { machine in
        _ = machine.reserve(arguments.count + 8)
        for argument in arguments { machine.pushOrNil(payload: argument) }
        return arguments.count
      }
    } catch {
      throw LuaActivityFailure(LuaErrorValue(kind: ErrorKind.internalError, message: error.message))
    }
    guard let process = run.process else { throw LuaActivityFailure(.internalError("no process")) }
    do throws(StepError) {
      while true {
        try readMail(process)
        let (completed, incoming) = (completions, messages)
        (completions, messages) = ([], [])
        switch try process.step(completed, incoming) {
        case .done: return .returned(try result(of: process).get())
        case .upgrade(let request): return try end(of: request)
        case .yield(let tasks):
          for task in tasks {
            if case .operation(let operation) = task.yield { carryOut(operation, task) }
          }
          try waitIfNeeded(process)
        case .idle: try waitIfNeeded(process)
        case .continue: continue
        }
      }
    } catch {
      throw Self.failure(error)
    }
  }

  private func result(of process: LuaProcess) -> Result<EncodedPayload, StepError> {
    switch process.result {
    case .returned(.success(let payload))?: .success(payload)
    case .returned(.failure(let error))?:
      .failure(.process(ProcessFailure(error: .internalError("failed to encode result: \(error)"))))
    case .failed(let error)?: .failure(.process(ProcessFailure(error: error, isUncaught: false)))
    case nil: .success(PayloadEncoding.jsonNull)
    }
  }

  private func end(of upgrade: UpgradeRequest) throws(StepError) -> End {
    guard run.blueprint.definition.kind == .process, seat != nil else {
      throw .process(ProcessFailure(error: .internalError("process.upgrade needs a process")))
    }
    switch upgrade.input {
    case .success(let input): return .upgraded(source: upgrade.source ?? entryID, input)
    case .failure(let error):
      throw .process(ProcessFailure(error: .internalError("upgrade: failed to encode input: \(error)")))
    }
  }

  private static func failure(_ error: StepError) -> LuaActivityFailure {
    switch error {
    case .process(let failure): LuaActivityFailure(failure.error)
    case .task(let failure):
      LuaActivityFailure(LuaErrorValue(kind: ErrorKind.internalError, message: failure.description))
    }
  }

  // MARK: Waiting

  /// Lets time pass until something comes, where nothing is there yet.
  private func waitIfNeeded(_ process: LuaProcess) throws(StepError) {
    while true {
      if outside.isStopped() { throw Self.canceled }
      try readMail(process)
      takeAnswers()
      guard completions.isEmpty, messages.isEmpty else { return }
      let first = alarms.indices.min { alarms[$0].due.isBefore(alarms[$1].due) }
      guard first != nil || seat != nil || !errands.isEmpty else {
        throw .process(ProcessFailure(error: Self.stuck))
      }
      if !errands.isEmpty, !outside.timePassesByItself {
        // In a test's time an errand takes none.
        errands.waitForAnswer()
        continue
      }
      let rest = first.map { alarms[$0].due.since(GoTime(now, zone: .utc)) }
      if let first, let rest, rest <= 0 { return ring(alarms.remove(at: first)) }
      let goesOn: Bool
      if seat != nil || !errands.isEmpty {
        goesOn = outside.wait(rest)
      } else {
        goesOn = outside.sleep(rest ?? 0)
        // Nothing but time can end this wait, so it is over, whatever the clock says.
        if goesOn, let first { return ring(alarms.remove(at: first)) }
      }
      guard goesOn else { throw Self.canceled }
    }
  }

  private static let stuck = LuaErrorValue(
    kind: ErrorKind.internalError, message: "the activity waits for something that cannot come")
  private static let canceled = StepError.process(ProcessFailure(error: LuaActivityFailure.stopped))

  /// Lets the tasks go on whose errands are done.
  private func takeAnswers() {
    for (number, answer) in errands.takeAnswers() {
      if let task = errandTasks.removeValue(forKey: number) { finish(task, .answer(answer)) }
    }
  }

  private func ring(_ alarm: Alarm) {
    switch alarm.wakes {
    case .task(let task): completions.append(OperationCompletion(task: task, outcome: .nothing))
    case .timer(let timer):
      guard timer.isArmed, let subscription = timer.subscription else { return }
      messages.append(QueuedMessage(target: .subscription(subscription), body: .fired(now)))
      if timer.isTicker { arm(timer, timer.nanoseconds) } else { timer.isArmed = false }
    }
  }

  private func arm(_ timer: TimerEntry, _ nanoseconds: Int64) {
    timer.isArmed = true
    alarms.removeAll { if case .timer(let other) = $0.wakes { other === timer } else { false } }
    alarms.append(Alarm(due: due(in: nanoseconds), wakes: .timer(timer)))
  }

  private func due(in nanoseconds: Int64) -> GoTime { GoTime(now, zone: .utc).adding(nanoseconds: nanoseconds) }

  // MARK: Operations

  private func carryOut(_ operation: Operation, _ task: LuaTask) {
    switch operation {
    case .sleep(let nanoseconds):
      alarms.append(Alarm(due: due(in: nanoseconds), wakes: .task(task)))
    case .call(let call):
      switch result(of: call) {
      case .success(let payload): finish(task, .payload(payload))
      case .failure(let failed): finish(task, .failed(failed.error))
      }
    case .asyncCall(let call, let future):
      if seat != nil, outside.processes != nil {
        callAside(call, future)
      } else {
        complete(future, result(of: call))
      }
      finish(task, .future(future))
    case .cancelFuture(let future):
      if let subscription = future.subscription {
        messages.append(QueuedMessage(target: .subscription(subscription), body: .terminal))
      }
      finish(task, .succeeded)
    case .startTimer(let timer, let result):
      arm(timer, timer.nanoseconds)
      finish(task, .timer(timer, result))
    case .stopTimer(let timer):
      let isFound = timer.isTicker || timer.isArmed
      timer.isArmed = false
      finish(task, .flag(isFound))
    case .resetTimer(let timer, let nanoseconds):
      let isArmed = timer.isArmed
      if isArmed { arm(timer, nanoseconds) }
      finish(task, .flag(isArmed))
    case .spawn(let call): spawn(call, task)
    case .exec(let call, _): execute(call, task)
    case .send(let message): send(message, task)
    case .cancelExternal(let target, let reason, let isTerminate):
      cancel(target, reason: reason, isTerminate: isTerminate, task)
    case .watch(let request, let target): watch(request, target, task)
    case .errand(let errand): errandTasks[errands.start(errand)] = task
    case .sideEffect, .version, .attributes, .unknown:
      finish(task, .failed(.internalError("this operation is only available in workflows")))
    }
  }

  func finish(_ task: LuaTask, _ outcome: OperationOutcome) {
    completions.append(OperationCompletion(task: task, outcome: outcome))
  }

  func complete(_ future: Future, _ result: Result<EncodedPayload, FailedOperation>) {
    guard let subscription = future.subscription else { return }
    messages.append(QueuedMessage(target: .subscription(subscription), body: .result(result.map { [$0] })))
  }

  /// The header for a function that this one calls.
  func header(for call: ActivityCall) -> ContextHeader {
    var header = context
    if let values = call.context { header.values.merge(values) { $1 } }
    return header
  }

  /// Calls another function of the app, in a machine of its own.
  private func result(of call: ActivityCall) -> Result<EncodedPayload, FailedOperation> {
    switch call.arguments {
    case .failure(let error): return .failure(FailedOperation(error: .internalError(error.description)))
    case .success(let arguments):
      do throws(LuaActivityFailure) {
        return .success(
          try activities.run(call.target, arguments, header(for: call), outside, depth: depth + 1))
      } catch {
        return .failure(FailedOperation(error: error.error))
      }
    }
  }
}
