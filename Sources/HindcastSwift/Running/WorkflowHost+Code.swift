import HindcastCore

extension WorkflowHost {
  /// Runs workflow code until it is blocked, within its budget.
  func runCode() throws(TaskFailure) {
    try throwFailure()
    guard result == nil || !dispatcher.coroutines.isEmpty else { return }
    withBudget { [self] in
      dispatcher.runUntilAllBlocked(
        shouldStop: { self.failure != nil },
        whenBlocked: { self.updates.releaseQueued() })
      if failure == nil { concludeResult() }
    }
    try throwFailure()
    try checkSuspension()
    if let conclusion { complete(conclusion) }
  }

  /// Says how the workflow function ended. Errors describe and encode themselves, which is code of the user's.
  private func concludeResult() {
    guard let result, conclusion == nil else { return }
    let info = environment.info
    conclusion = dispatcher.gate.outside {
      switch result {
      case .success(let payloads): .completed(payloads)
      case .failure(let error): FailureConverter.completion(for: error, info)
      }
    }
  }

  func throwFailure() throws(TaskFailure) {
    if let failure { throw failure }
  }

  /// Runs `body`, which runs workflow code, on the drain thread; a run that does not come back fails.
  func withBudget(_ body: @escaping () -> Void) {
    let work = { [self] in
      let escape = dispatcher.executor.whileOpen(body).escape
      if let escape {
        fail(
          TaskFailure(.codeError, escape.message, location: location, coroutines: dispatcher.coroutines.map(\.stack)))
      }
    }
    guard let threads else { return work() }
    let outcome = threads.current.run(
      limit: threads.cpuLimit, steps: dispatcher.steps, tryToAbandon: { dispatcher.gate.tryToAbandon() }, work)
    if outcome == .finished { return }
    isLost = true
    // The location is that of the last call to the context: code does not tell where it is between two.
    fail(
      TaskFailure(
        .deadlock, "[TMPRL1101] Potential deadlock detected: \(describe(outcome, limit: threads.cpuLimit))",
        location: dispatcher.running?.location ?? registration.location,
        coroutines: dispatcher.coroutines.map(\.stack)))
  }

  private func describe(_ outcome: DrainThread.Outcome, limit: Int64) -> String {
    let name = dispatcher.running?.name ?? "root"
    let stuck = "workflow goroutine \"\(name)\" didn't yield for over \(GoFormat.duration(limit))"
    switch outcome {
    case .finished, .overran: return stuck
    case .blocked: return stuck + "; it does not use the CPU but waits for something outside, such as a lock or a file"
    case .restless:
      let all = GoFormat.duration(limit.multipliedReportingOverflow(by: DrainThread.patience).partialValue)
      return "the workflow's coroutines kept each other busy for over \(all) and did not come to rest"
    }
  }

  /// A coroutine that is neither blocked on the context nor finished waits for something that no event brings back.
  private func checkSuspension() throws(TaskFailure) {
    guard let lost = dispatcher.coroutines.first(where: { $0.waits.isEmpty && $0.body == nil }) else { return }
    let failure = TaskFailure(
      .codeError,
      "workflow coroutine \"\(lost.name)\" is suspended, but not in a call to its context: Task.sleep, real I/O, "
        + "another actor, or a continuation that nobody resumes",
      location: lost.location ?? registration.location, coroutines: dispatcher.coroutines.map(\.stack))
    fail(failure)
    throw failure
  }

  /// Names of signals that came and that no code has received, sorted.
  var unreceivedSignals: [String] { signals.filter { $0.value.count > 0 }.keys.sorted() }

  /// Reports the end of the workflow function, once every coroutine is blocked.
  private func complete(_ conclusion: Completion) {
    guard environment.completion == nil else { return }
    let unread = unreceivedSignals
    if !unread.isEmpty, let logger = environment.logger {
      let names = "[\(unread.joined(separator: " "))]"
      logger(
        WorkflowLogLine(level: "warn", message: "Workflow has unhandled signals", fields: [("SignalNames", names)]))
    }
    environment.complete(conclusion)
  }
}
