import HindcastCore
import SwiftProtobuf
import TemporalAPI

extension LuaWorkflowInstance {
  /// How an operation goes on after it was asked for.
  private enum Progress {
    /// Its task waits for an event.
    case waiting
    /// Its task goes on at once, before any other operation is carried out.
    case resumed(OperationOutcome, QueuedMessage? = nil)
    /// The workflow fails.
    case failed(LuaErrorValue)
  }

  /// Carries out the operations of tasks in order; those that end at once let their task run on, and what that leads to
  /// comes before the rest of the list (spec/wippy.md 7.5).
  func dispatch(_ tasks: [LuaTask]) throws(TaskFailure) {
    guard let process = run.process else { return }
    // Lists that are still to be done, the innermost last: code may make any number of such calls in a row.
    var open: [ArraySlice<LuaTask>] = [tasks[...]]
    while let last = open.indices.last, !isCompleted {
      guard let task = open[last].popFirst() else {
        open.removeLast()
        continue
      }
      guard case .operation(let operation) = task.yield, task.isAlive else { continue }
      commandTask = task
      defer { commandTask = nil }
      switch try carryOut(operation, task) {
      case .waiting: continue
      case .failed(let error): fail(error, isUncaught: true)
      case .resumed(let outcome, let message):
        let completion = OperationCompletion(task: task, outcome: outcome)
        switch try step(process, [completion], message.map { [$0] } ?? []) {
        case .yield(let next): if !next.isEmpty { open.append(next[...]) }
        case .done: completeWithResult()
        case .upgrade(let request): continueAsNew(request)
        case .idle, .continue, nil: continue
        }
      }
    }
  }

  private func carryOut(_ operation: Operation, _ task: LuaTask) throws(TaskFailure) -> Progress {
    warnOfLoop(operation, task)
    switch operation {
    case .sleep(let nanoseconds): return try sleep(nanoseconds, task)
    case .call(let call): return try schedule(call, task, nil)
    case .asyncCall(let call, let future): return try schedule(call, task, future)
    case .cancelFuture(let future): return try cancel(future)
    case .startTimer(let timer, let result):
      try start(timer, nanoseconds: timer.nanoseconds)
      return .resumed(.timer(timer, result))
    case .stopTimer(let timer):
      let isFound = timer.isTicker || (timer.isArmed && !timer.isReset)
      timer.isArmed = false
      return .resumed(.flag(isFound))
    case .resetTimer(let timer, let nanoseconds):
      guard timer.isArmed else { return .resumed(.flag(false)) }
      timer.isReset = true
      try start(timer, nanoseconds: nanoseconds)
      return .resumed(.flag(true))
    case .sideEffect(let source): return try record(source)
    case .version(let changeID, let minimum, let maximum):
      let version = try environment.version(of: changeID, minimum: minimum, maximum: maximum)
      return .resumed(.number(Double(version)))
    case .attributes(let search, let memo): return try upsert(search, memo)
    case .spawn(let child): return try spawn(child, task)
    case .exec(let child, let isWorkflowExec): return try exec(child, task, isWorkflowExec: isWorkflowExec)
    case .send(let message): return try send(message, task)
    case .cancelExternal(let target, _, let isTerminate): return try cancel(target, task, isTerminate: isTerminate)
    case .watch(let request, _):
      return .resumed(
        .failed(.internalError(request.refusalInWorkflows, context: "\(request.rawValue) failed")))
    case .unknown(let type):
      return .failed(
        LuaErrorValue(kind: ErrorKind.internalError, message: "unknown command type: \(type)"))
    case .errand:
      return .failed(.internalError("a workflow cannot reach outside; call an activity that does"))
    }
  }

  // MARK: Timers

  private func sleep(_ nanoseconds: Int64, _ task: LuaTask) throws(TaskFailure) -> Progress {
    guard nanoseconds > 0 else {
      // The SDK answers at once, but the answer waits in the buffer for the next task (spec/wippy.md 7.5).
      task.wait = .operation(.nextWorkflowTask)
      completions.append(OperationCompletion(task: task, outcome: .nothing))
      return .waiting
    }
    let handle = try environment.startTimer(nanoseconds: nanoseconds)
    task.wait = .operation(.timer(id: handle.timerID))
    try expect(handle.operation, .sleep(task))
    return .waiting
  }

  // MARK: Activities

  private func schedule(_ call: ActivityCall, _ task: LuaTask, _ future: Future?) throws(TaskFailure) -> Progress {
    let arguments: EncodedArguments
    switch call.arguments {
    case .success(let encoded): arguments = encoded
    case .failure(let error):
      return .failed(
        LuaErrorValue(
          kind: ErrorKind.internalError, message: "failed to convert arguments: \(error)", isRetryable: false))
    }
    var options = ActivityOptions(taskQueue: environment.info.taskQueue)
    let defaults = application.options(of: call.target)
    if call.options != nil || !defaults.isEmpty {
      do throws(PayloadError) {
        try options.apply(defaults.merging(call.options ?? [:]) { $1 })
      } catch {
        return .resumed(
          .failed(
            LuaErrorValue(
              kind: ErrorKind.unknown, message: "invalid temporal activity options for \(call.target): \(error)")))
      }
    }
    options.attributes.activityType.name = call.target
    options.attributes.input = .init(arguments)
    if let header = context.encoded() { options.attributes.header = header }
    let handle = try environment.scheduleActivity(
      options.attributes, waitsForCancellation: options.waitsForCancellation, summary: options.summary)
    if let future {
      future.activity = handle
      try expect(handle.operation, .future(future))
      return .resumed(.future(future))
    }
    task.wait = .operation(.activity(type: call.target, id: handle.activityID))
    try expect(handle.operation, .call(task))
    return .waiting
  }

  private func cancel(_ future: Future) throws(TaskFailure) -> Progress {
    if let activity = future.activity {
      // What the cancel answers is of no interest any more.
      future.activity = nil
      try environment.cancelActivity(activity)
    }
    let end = future.subscription.map { QueuedMessage(target: .subscription($0), body: .terminal) }
    return .resumed(.succeeded, end)
  }

  // MARK: Markers

  private func record(_ source: SideEffectSource) throws(TaskFailure) -> Progress {
    random.beginSideEffect()
    let recorded = try environment.sideEffect(summary: "workflow.sideEffect") {
      source.make(&random, at: environment.now).map { .init([$0]) }
    }
    guard let recorded else {
      return .resumed(.failed(LuaErrorValue(kind: ErrorKind.internalError, message: "side effect failed")))
    }
    return .resumed(.payload(recorded.payloads.first))
  }

  private func upsert(_ search: [String: GoValue], _ memo: [String: GoValue]) throws(TaskFailure) -> Progress {
    if !search.isEmpty {
      let attributes: [String: EncodedPayload]
      do throws(PayloadError) {
        attributes = try SearchAttributeValue.payloads(search)
      } catch {
        return .resumed(.failed(attributeError(error.description)))
      }
      guard attributes["TemporalChangeVersion"] == nil else {
        return .resumed(
          .failed(
            attributeError("TemporalChangeVersion is a reserved key that cannot be set, please use other key")))
      }
      try environment.upsertSearchAttributes(attributes)
    }
    if !memo.isEmpty { try environment.upsertMemo(memo.mapValues(MemoValue.payload)) }
    return .resumed(.succeeded)
  }

  private func attributeError(_ text: String) -> LuaErrorValue {
    LuaErrorValue(kind: ErrorKind.internalError, message: text, context: "upsert attrs failed")
  }

  // MARK: Other workflows

  private func spawn(_ call: ChildCall, _ task: LuaTask) throws(TaskFailure) -> Progress {
    var child = ChildOptions(taskQueue: environment.info.taskQueue)
    switch call.arguments {
    case .success(let encoded): child.attributes.input = .init(encoded)
    case .failure(let error): return .resumed(.failed(Self.conversionError(error)))
    }
    if let options = call.options {
      do throws(PayloadError) {
        try child.apply(options)
      } catch {
        return .resumed(
          .failed(
            LuaErrorValue(
              kind: ErrorKind.unknown,
              message: "invalid temporal child workflow options for \(call.target): \(error)")))
      }
    }
    warnOfHost(call)
    child.setHost(call.host)
    child.attributes.workflowType.name = call.target
    if let header = context.encoded(replacing: call.context) { child.attributes.header = header }
    let handle = try environment.startChildWorkflow(child.attributes, metadata: child.metadata)
    task.wait = .operation(.childStart(type: call.target, id: handle.workflowID))
    let id = ProcessID(
      node: processID.node, host: call.host.isEmpty ? processID.host : call.host, unique: handle.workflowID)
    try expect(handle.operation, .spawn(SpawnedChild(task: task, id: id)))
    return .waiting
  }

  private func exec(_ call: ChildCall, _ task: LuaTask, isWorkflowExec: Bool) throws(TaskFailure) -> Progress {
    var child = ChildOptions(taskQueue: environment.info.taskQueue)
    switch call.arguments {
    case .success(let encoded): if !encoded.isEmpty { child.attributes.input = .init(encoded) }
    case .failure(let error):
      let converted = Self.conversionError(error)
      return .resumed(
        .failed(
          isWorkflowExec
            ? converted.with(kind: ErrorKind.internalError, isRetryable: true).with(context: "workflow exec failed")
            : converted))
    }
    warnOfHost(call)
    child.setHost(call.host)
    child.attributes.workflowType.name = call.target
    if let header = context.encoded() { child.attributes.header = header }
    let handle = try environment.startChildWorkflow(child.attributes)
    task.wait = .operation(.childResult(type: call.target, id: handle.workflowID))
    try expect(handle.operation, .exec(task, isWorkflowExec: isWorkflowExec))
    return .waiting
  }

  private static func conversionError(_ error: PayloadError) -> LuaErrorValue {
    LuaErrorValue(kind: ErrorKind.internalError, message: "failed to convert arguments: \(error)")
  }

  private func send(_ message: MessageCall, _ task: LuaTask) throws(TaskFailure) -> Progress {
    let own = processID
    let target = message.target
    if target.host == UpdateRecord.host { return try answer(message) }
    // A message to oneself is accepted, and lost.
    if target.unique == own.unique && target.host == own.host { return .resumed(.succeeded) }
    let isWorkflow =
      (!target.node.isEmpty && target.node == own.node) || target.host == own.host || target.host == "temporal"
    guard isWorkflow else { return try relay(message) }
    var attributes = Temporal_Api_Command_V1_SignalExternalWorkflowExecutionCommandAttributes()
    switch message.arguments {
    case .success(let encoded): if !encoded.isEmpty { attributes.input = .init(encoded) }
    case .failure(let error):
      return .resumed(.failed(LuaErrorValue(kind: ErrorKind.internalError, message: error.description)))
    }
    attributes.execution.workflowID = target.unique
    attributes.signalName = message.topic
    if let header = context.encoded(adding: [ContextHeader.signalFromKey: .string(own.text)]) {
      attributes.header = header
    }
    task.wait = .operation(.signal(workflowID: target.unique))
    try expect(try environment.signalExternalWorkflow(attributes), .signal(task))
    return .waiting
  }

  /// A message to a process of the host: a side effect that says it was sent.
  private func relay(_ message: MessageCall) throws(TaskFailure) -> Progress {
    var refusal: FailedOperation?
    // A message that could not be sent left no marker, but its number was taken: later markers tell (decision 8).
    let mayHaveFailed = environment.isReplaying && environment.hasRecordedSideEffectsAhead
    do throws(TaskFailure) {
      _ = try environment.sideEffect(summary: "process.send") {
        refusal = deliver(message)
        return refusal == nil ? .init([JSONPayload.payload(true)]) : nil
      }
      return .resumed(refusal.map { .failed($0.error) } ?? .succeeded)
    } catch {
      guard mayHaveFailed else { throw error }
      return .resumed(
        .failed(
          LuaErrorValue(kind: ErrorKind.internalError, message: "the message was not sent when this was recorded")))
    }
  }

  /// Hands a message to a process of this app; the error if that cannot be.
  private func deliver(_ message: MessageCall) -> FailedOperation? {
    guard let processes else { return nil }
    switch message.arguments {
    case .success(let payloads):
      return processes.deliver(
        ProcessMessageContent(topic: message.topic, payloads: payloads), from: processID, to: message.target)
    case .failure(let error): return FailedOperation(kind: ErrorKind.internalError, error.description)
    }
  }

  private func cancel(_ target: ProcessID, _ task: LuaTask, isTerminate: Bool) throws(TaskFailure) -> Progress {
    let operation = try environment.cancelExternalWorkflow(.with { $0.workflowID = target.unique })
    task.wait = .operation(.cancellation(workflowID: target.unique))
    try expect(operation, .cancellation(task, isTerminate: isTerminate))
    return .waiting
  }

  private func answer(_ message: MessageCall) throws(TaskFailure) -> Progress {
    if let complaint = try respond(message) {
      return .resumed(.failed(LuaErrorValue(kind: ErrorKind.unknown, message: complaint)))
    }
    return .resumed(.succeeded)
  }
}

extension WatchRequest {
  /// Why workflows cannot do it.
  fileprivate var refusalInWorkflows: String {
    let reason =
      switch self {
      case .monitor: ": child workflows are automatically monitored"
      case .link: ": Temporal doesn't support bidirectional linking"
      case .unmonitor, .unlink: ""
      }
    return "process.\(rawValue) not supported in workflow context\(reason)"
  }
}
