import HindcastCore

extension WorkflowContext {
  /// Waits until the condition holds. It is asked again whenever another coroutine got somewhere, so it must be quick and
  /// change nothing.
  /// - Throws: `CanceledFailure` when this context's scope, or the Swift task that waits, is cancelled first.
  public func condition(
    _ condition: @escaping () -> Bool, file: String = #fileID, line: Int = #line
  ) async throws {
    let location = SourceLocation(file: file, line: line)
    guard host.command(at: location, otherwise: nil, { _ in Optional(()) }) != nil else {
      throw await host.refusal(at: location)
    }
    defer { host.noteProgress() }
    let outcome = ConditionOutcome()
    outcome.holds = condition()
    if outcome.holds { return }
    if scope.isCanceled { throw CanceledFailure("Await context canceled") }
    try await wait(for: "Await", at: location, outcome) {
      outcome.holds = host.dispatcher.gate.outside(condition)
      outcome.isCanceled = outcome.isCanceled || scope.isCanceledUnchecked
      return outcome.holds || outcome.isCanceled
    }
    if !outcome.holds { throw CanceledFailure("Await context canceled") }
  }

  /// Waits until the condition holds, but not longer than a time.
  ///
  /// As in the Go SDK the timer is started even if the condition holds already, and is left running when it does.
  /// - Returns: whether the condition came to hold in time.
  /// - Throws: `CanceledFailure` when this context's scope, or the Swift task that waits, is cancelled first.
  public func condition(
    timeout: Duration, _ condition: @escaping () -> Bool, file: String = #fileID, line: Int = #line
  ) async throws -> Bool {
    let location = SourceLocation(file: file, line: line)
    guard let cancelsTimer = host.command(at: location, otherwise: nil, { $0.tryUse(.cancelAwaitTimerOnCondition) })
    else { throw await host.refusal(at: location) }
    defer { host.noteProgress() }
    if cancelsTimer && condition() { return true }
    let timer = timer(for: timeout, summary: "AwaitWithTimeout", file: file, line: line)
    if scope.isCanceled { throw CanceledFailure("AwaitWithTimeout context canceled") }
    if timer.isReady { return false }
    let outcome = ConditionOutcome()
    try await wait(for: "AwaitWithTimeout", at: location, outcome) {
      outcome.holds = host.dispatcher.gate.outside(condition)
      outcome.isCanceled = outcome.isCanceled || scope.isCanceledUnchecked
      return outcome.holds || outcome.isCanceled || timer.isSettled
    }
    if outcome.holds {
      if cancelsTimer { timer.cancel(file: file, line: line) }
      return true
    }
    if outcome.isCanceled { throw CanceledFailure("AwaitWithTimeout context canceled") }
    return false
  }

  private func wait(
    for reason: String, at location: SourceLocation, _ outcome: ConditionOutcome, until isReady: @escaping () -> Bool
  ) async throws {
    try await withTaskCancellationHandler {
      try await host.dispatcher.wait(for: reason, at: location, until: isReady)
    } onCancel: {
      host.command(at: location, otherwise: ()) { _ in outcome.isCanceled = true }
    }
  }
}

/// What ended the wait for a condition.
private final class ConditionOutcome: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.
  var holds = false
  var isCanceled = false
}
