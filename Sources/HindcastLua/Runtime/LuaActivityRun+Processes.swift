import HindcastCore
import TemporalAPI

// What a function or a process has to do with other processes: what it asks for goes to the host and comes back by mail.

extension LuaActivityRun {
  // MARK: Mail

  /// Takes over what has come, in the order in which it came.
  func readMail(_ process: LuaProcess) throws(StepError) {
    for item in seat?.mailbox.takeAll() ?? [] {
      switch item {
      case .message(let content, let sender):
        messages.append(
          QueuedMessage(target: .topic(content.topic), body: .payloads(content.payloads, from: sender)))
      case .exit(let other, let result):
        tell(.exit(ChildExit(child: other, result: result), at: now))
      case .linkDown(let other, let result):
        guard process.trapsLinks else {
          throw .process(
            ProcessFailure(error: LuaErrorValue(kind: ErrorKind.internalError, message: "linked process failed")))
        }
        tell(.linkDown(ChildExit(child: other, result: result), at: now))
      case .cancel(let sender, let reason): tell(.cancelRequest(from: sender, reason: reason, at: now))
      case .terminate:
        throw .process(
          ProcessFailure(error: LuaErrorValue(kind: ErrorKind.internalError, message: "process terminated")))
      case .answer(let number, let answer):
        switch questions.removeValue(forKey: number) {
        case .task(let task)?: finish(task, outcome(of: answer))
        case .future(let future)?: complete(future, answer.result)
        case nil: continue
        }
      }
    }
  }

  private func tell(_ event: MessageBody) {
    messages.append(QueuedMessage(target: .topic(SystemTopic.events), body: event))
  }

  private func outcome(of answer: ProcessAnswer) -> OperationOutcome {
    switch answer {
    case .done: .succeeded
    case .process(let id): .text(id.text)
    case .value(let payload): .payload(payload)
    case .failed(let failed): .failed(failed.error)
    }
  }

  // MARK: Requests

  /// Asks the host for something and lets the task wait for the answer.
  private func ask(_ task: LuaTask, _ request: (any ProcessHost, ProcessID, @escaping Answer) -> Void) {
    guard let host = outside.processes, let seat else {
      return finish(task, .failed(.internalError("no processes can be reached from here")))
    }
    let number = note(.task(task))
    request(host, seat.id) { [mailbox = seat.mailbox] in mailbox.post(.answer(number, $0)) }
  }

  private func note(_ asker: Asker) -> Int {
    lastQuestion += 1
    questions[lastQuestion] = asker
    return lastQuestion
  }

  /// Calls a function whose result comes by mail.
  func callAside(_ call: ActivityCall, _ future: Future) {
    guard let host = outside.processes, let seat else { return }
    switch call.arguments {
    case .failure(let error): complete(future, .failure(FailedOperation(error: .internalError(error.description))))
    case .success(let arguments):
      var function = ProcessStart(
        source: call.target, host: "", arguments: arguments, parent: seat.id, context: header(for: call))
      function.depth = depth + 1
      let number = note(.future(future))
      host.call(function, isStopped: outside.isStopped) { [mailbox = seat.mailbox] result in
        mailbox.post(.answer(number, ProcessAnswer(result.map { .value($0) })))
      }
    }
  }

  private typealias Answer = @Sendable (ProcessAnswer) -> Void

  func spawn(_ call: ChildCall, _ task: LuaTask) {
    switch start(of: call) {
    case .failure(let failed): finish(task, .failed(failed.error))
    case .success(let start):
      ask(task) { host, _, answer in
        host.start(start) { answer(ProcessAnswer($0.map(ProcessAnswer.process))) }
      }
    }
  }

  func execute(_ call: ChildCall, _ task: LuaTask) {
    switch start(of: call) {
    case .failure(let failed): finish(task, .failed(failed.error))
    case .success(let start):
      ask(task) { host, _, answer in
        host.execute(start) { answer(ProcessAnswer($0.map(ProcessAnswer.value))) }
      }
    }
  }

  func send(_ message: MessageCall, _ task: LuaTask) {
    switch message.arguments {
    case .failure(let error): finish(task, .failed(LuaErrorValue(kind: ErrorKind.internalError, message: "\(error)")))
    case .success(let payloads):
      ask(task) { host, sender, answer in
        let content = ProcessMessageContent(topic: message.topic, payloads: payloads)
        host.send(content, from: sender, to: message.target) { answer(ProcessAnswer($0.map { .done })) }
      }
    }
  }

  func cancel(_ target: ProcessID, reason: String, isTerminate: Bool, _ task: LuaTask) {
    ask(task) { host, sender, answer in
      if isTerminate {
        host.terminate(target) { answer(ProcessAnswer($0.map { .done }, forced: "terminate failed")) }
      } else {
        host.cancel(target, from: sender, reason: reason) {
          answer(ProcessAnswer($0.map { .done }, forced: "cancel failed"))
        }
      }
    }
  }

  func watch(_ request: WatchRequest, _ target: ProcessID, _ task: LuaTask) {
    ask(task) { host, watcher, answer in
      host.watch(request, target, by: watcher) {
        answer(ProcessAnswer($0.map { .done }, forced: "\(request.rawValue) failed"))
      }
    }
  }

  private func start(of call: ChildCall) -> Result<ProcessStart, FailedOperation> {
    do throws(PayloadError) {
      var header = context
      if let values = call.context { header.values = values }
      var start = ProcessStart(
        source: call.target, host: call.host, arguments: try call.arguments.get(), parent: processID, context: header)
      start.options = call.options ?? [:]
      start.name = call.outside.name
      start.isMonitored = call.outside.isMonitored
      start.isLinked = call.outside.isLinked
      for message in call.outside.messages {
        start.messages.append(ProcessMessageContent(topic: message.topic, payloads: try message.arguments.get()))
      }
      return .success(start)
    } catch {
      return .failure(
        FailedOperation(kind: ErrorKind.internalError, "failed to convert arguments: \(error)"))
    }
  }
}

extension ProcessAnswer {
  /// The answer as the result of a function.
  fileprivate var result: Result<EncodedPayload, FailedOperation> {
    switch self {
    case .value(let payload): .success(payload ?? PayloadEncoding.jsonNull)
    case .failed(let failed): .failure(failed)
    case .done, .process: .success(PayloadEncoding.jsonNull)
    }
  }

  /// - Parameter forced: where upstream takes an error for the runtime's own whatever it is, what failed.
  fileprivate init(_ result: Result<ProcessAnswer, FailedOperation>, forced: String? = nil) {
    switch result {
    case .success(let answer): self = answer
    case .failure(let failed):
      guard let forced else {
        self = .failed(failed)
        return
      }
      self = .failed(
        FailedOperation(
          error: failed.error.with(kind: ErrorKind.internalError, isRetryable: false).with(context: forced)))
    }
  }
}
