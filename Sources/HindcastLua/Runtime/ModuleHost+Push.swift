import HindcastCore
import TemporalAPI

extension ModuleHost {
  // MARK: Objects

  func push(_ channel: Channel, onto stack: some LuaStackAccess) { stack.push(channel, channels) }

  func push(_ error: LuaErrorValue, onto stack: some LuaStackAccess) { stack.push(error, errors) }

  // MARK: Results

  /// Pushes what a waiting task gets for its operation; returns how many values that is.
  func push(_ outcome: OperationOutcome, onto thread: LuaThread) -> Int {
    switch outcome {
    case .nothing: return 0
    case .payload(let payload):
      guard let payload else {
        thread.pushNil()
        thread.pushNil()
        return 2
      }
      do throws(PayloadError) {
        try thread.push(payload: payload)
        thread.pushNil()
      } catch {
        thread.pushNil()
        push(.internalError(error.description), onto: thread)
      }
      return 2
    case .failed(let error):
      thread.pushNil()
      push(error, onto: thread)
      return 2
    case .number(let number):
      thread.push(number)
      thread.pushNil()
      return 2
    case .text(let text):
      thread.push(text)
      thread.pushNil()
      return 2
    case .succeeded:
      thread.push(true)
      thread.pushNil()
      return 2
    case .flag(let flag):
      thread.push(flag)
      return 1
    case .timer(let timer, let result):
      switch result {
      case .channel: push(timer.channel, onto: thread)
      case .timer: thread.push(timer, timers)
      case .ticker: thread.push(timer, tickers)
      }
      return 1
    case .future(let future):
      thread.push(future, futures)
      thread.pushNil()
      return 2
    case .answer(let push): return push(thread, self)
    }
  }

  /// Pushes what a task gets from a channel; returns how many values that is.
  func push(_ wake: ChannelWake, onto stack: some LuaStackAccess, values: ValueStore) -> Int {
    switch wake {
    case .sent(let value, let select, let channel):
      guard select == nil else {
        pushSelectResult(channel, isOpen: true, onto: stack) { values.push(value, onto: stack) }
        return 1
      }
      stack.push(true)
      return 1
    case .received(let value, let select, let channel):
      guard select == nil else {
        pushSelectResult(channel, isOpen: true, onto: stack) { values.push(value, onto: stack) }
        return 1
      }
      values.push(value, onto: stack)
      stack.push(true)
      return 2
    case .closed(let select, let channel):
      guard select == nil else {
        pushSelectResult(channel, isOpen: false, onto: stack) { stack.pushNil() }
        return 1
      }
      stack.pushNil()
      stack.push(false)
      return 2
    case .failed(let message):
      stack.pushNil()
      push(LuaErrorValue(kind: ErrorKind.unknown, message: message), onto: stack)
      return 2
    case .nothing: return 0
    }
  }

  private func pushSelectResult(
    _ channel: Channel, isOpen: Bool, onto stack: some LuaStackAccess, _ pushValue: () -> Void
  ) {
    stack.pushTable(fields: 3)
    push(channel, onto: stack)
    stack.setField("channel", of: -2)
    pushValue()
    stack.setField("value", of: -2)
    stack.push(isOpen)
    stack.setField("ok", of: -2)
  }

  // MARK: Messages

  /// Pushes the value that a message becomes on its channel.
  func push(_ message: QueuedMessage, handler: TopicHandler, onto stack: some LuaStackAccess) {
    switch message.body {
    case .payloads(let payloads, let sender):
      guard case .topic(let topic) = message.target else { return stack.pushNil() }
      if case .message = handler {
        return stack.push(ProcessMessage(topic: topic, sender: sender, payloads: payloads), messages)
      }
      guard payloads.count != 1 else { return stack.pushOrNil(payload: payloads[0]) }
      guard !payloads.isEmpty else { return stack.pushNil() }
      stack.pushTable(elements: payloads.count)
      for (index, payload) in payloads.enumerated() {
        stack.pushOrNil(payload: payload)
        stack.setElement(index + 1, of: -2)
      }
    case .fired(let time): stack.push(TimeValue(time, zone: .local), times)
    case .cancel(let time):
      stack.pushTable(fields: 3)
      setText("kind", ProcessEvent.cancel, on: stack)
      setText("from", ProcessID.topology.text, on: stack)
      setText("at", GoTime(time, zone: .utc).format(GoLayout.rfc3339), on: stack)
    case .cancelRequest(let sender, let reason, let time):
      stack.pushTable(fields: 4)
      setText("kind", ProcessEvent.cancel, on: stack)
      setText("from", sender.text, on: stack)
      setText("at", GoTime(time, zone: .utc).format(GoLayout.rfc3339), on: stack)
      setText("reason", reason, on: stack)
    case .exit(let exit, let time): push(exit, ProcessEvent.exit, time, onto: stack)
    case .linkDown(let exit, let time): push(exit, ProcessEvent.linkDown, time, onto: stack)
    case .result(let outcome): push(outcome, onto: stack)
    case .terminal: stack.pushNil()
    }
  }

  private func push(_ exit: ChildExit, _ kind: String, _ time: WorkflowTime, onto stack: some LuaStackAccess) {
    stack.pushTable(fields: 4)
    setText("kind", kind, on: stack)
    setText("from", exit.child.text, on: stack)
    stack.push(Double(time.seconds))
    stack.setField("at", of: -2)
    stack.pushTable(fields: 2)
    switch exit.result {
    case .success(let payload):
      if let payload { stack.pushOrNil(payload: payload) } else { stack.pushNil() }
      stack.setField("value", of: -2)
    case .failure(let failed):
      push(failed.error, onto: stack)
      stack.setField("error", of: -2)
    }
    stack.setField("result", of: -2)
  }

  private func setText(_ field: String, _ text: String, on stack: some LuaStackAccess) {
    stack.push(text)
    stack.setField(field, of: -2)
  }

  /// Pushes what a future's channel gives: a payload wrapper, a list of them, or an error value.
  func push(
    _ outcome: Result<EncodedArguments, FailedOperation>, onto stack: some LuaStackAccess
  ) {
    switch outcome {
    case .failure(let failed): push(failed.error, onto: stack)
    case .success(let payloads): pushWrapped(payloads, onto: stack)
    }
  }

  /// Pushes one payload wrapper, or a list of several.
  func pushWrapped(_ payloads: EncodedArguments, onto stack: some LuaStackAccess) {
    if payloads.count <= 1 {
      let payload = payloads.first ?? PayloadEncoding.binaryNull
      return stack.push(PayloadWrapper(.encoded(payload)), self.payloads)
    }
    stack.pushTable(elements: payloads.count)
    for (index, payload) in payloads.enumerated() {
      stack.push(PayloadWrapper(.encoded(payload)), self.payloads)
      stack.setElement(index + 1, of: -2)
    }
  }

  // MARK: Ends

  /// The error in a second return value, or nil where that is none: a text, or an error value.
  func returnedError(_ stack: some LuaStackAccess, _ position: Int) -> LuaErrorValue? {
    if stack.type(position) == .string {
      return LuaErrorValue(
        kind: ErrorKind.internalError, message: stack.string(position) ?? "", isRetryable: false)
    }
    return stack.object(position, errors)
  }
}

extension LuaErrorValue {
  /// What an error that nobody caught becomes: its kind is lost.
  convenience init(uncaught fault: LuaFault, value: LuaErrorValue?) {
    self.init(kind: ErrorKind.internalError, message: value?.message ?? fault.message)
  }
}
