import HindcastCore

/// Waits for whichever of several things comes first: futures, channels, signals, cancellation.
///
/// Source: sdk-go `internal_workflow.go`, `selectorImpl`. Of several cases that are ready the first one registered wins; a
/// future's case is done after it has won once, and a channel's after it was seen closed.
///
/// ```swift
/// let selector = context.selector()
/// selector.onReady(timer) { _ in timedOut = true }
/// selector.onSignal(approvals) { approval in approved = approval }
/// try await selector.select()
/// ```
public final class WorkflowSelector: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.

  /// A case: how to look whether it is ready, and how to wait for it.
  private struct Case {
    var isReady: () -> Bool
    /// Takes the case if it is ready now; returns what to run then.
    var takeNow: () -> (() async throws -> Void)?
    /// Registers with the source. The handler is given what to run, and answers whether this select still wants it.
    var wait: (_ choose: @escaping (@escaping () async throws -> Void) -> Bool) -> (() -> Void)
  }

  private let host: WorkflowHost
  /// In the order of their registration.
  private var cases: [(id: Int, rule: Case)] = []
  private var lastCase = 0
  private var fallback: (() async throws -> Void)?

  init(host: WorkflowHost) {
    self.host = host
  }

  /// Whether `select()` would take a case at once, not counting the default.
  public var hasPending: Bool {
    host.read(false) { _ in cases.contains { $0.rule.isReady() } }
  }

  /// Adds a case for a result.
  /// - Parameter body: runs when the future has won; it still has to `get()` the result.
  public func onReady<Value>(
    _ future: WorkflowFuture<Value>, _ body: @escaping (WorkflowFuture<Value>) async throws -> Void
  ) {
    let id = newCase()
    let run: () async throws -> Void = { try await body(future) }
    let finish: () -> () async throws -> Void = { [self] in
      drop(id)
      return run
    }
    let rule = Case(
      isReady: { future.isSettled },
      takeNow: { future.isSettled ? finish() : nil },
      wait: { choose in
        let watcher = future.watch { [self] in
          _ = choose { [self] in
            host.read(()) { _ in drop(id) }
            try await run()
          }
        }
        return { future.unwatch(watcher) }
      })
    cases.append((id, rule))
  }

  /// Adds a case for a channel.
  /// - Parameter body: runs when a value can be received, or the channel is closed. It is told whether the channel is
  ///   open, and still has to receive the value.
  public func onReceive<Element>(
    _ channel: WorkflowChannel<Element>,
    _ body: @escaping (_ channel: WorkflowChannel<Element>, _ isOpen: Bool) async throws -> Void
  ) {
    add(channel.core) { isOpen in try await body(channel, isOpen) }
  }

  /// Adds a case for a signal.
  /// - Parameter body: is given the signal. A signal that does not decode is dropped, and the body not run.
  public func onSignal<Value>(_ channel: SignalChannel<Value>, _ body: @escaping (Value) async throws -> Void) {
    add(channel.core) { _ in
      if let value = channel.tryReceive() { try await body(value) }
    }
  }

  /// Adds a case that hands a value to a channel.
  /// - Parameter body: runs when the value was taken.
  public func onSend<Element>(
    _ value: Element, to channel: WorkflowChannel<Element>, _ body: @escaping () async throws -> Void = {}
  ) {
    let core = channel.core
    let rule = Case(
      isReady: { core.canSend },
      takeNow: {
        if core.isClosed { return { throw ClosedChannelError(channel: core.name) } }
        return core.sendNow(value) ? body : nil
      },
      wait: { choose in
        let id = core.addSender(value) { choose(body) }
        return { core.removeSender(id) }
      })
    cases.append((newCase(), rule))
  }

  /// Adds a case for the cancellation of a scope.
  public func onCancel(_ scope: CancellationScope, _ body: @escaping () async throws -> Void) {
    let id = newCase()
    let rule = Case(
      isReady: { scope.isCanceledUnchecked },
      takeNow: { [self] in
        guard scope.isCanceledUnchecked else { return nil }
        drop(id)
        return body
      },
      wait: { choose in
        let reaction = scope.onCancel { _ = choose(body) }
        return { scope.remove(reaction) }
      })
    cases.append((id, rule))
  }

  /// What to run when no case is ready: `select()` then does not wait.
  public func otherwise(_ body: @escaping () async throws -> Void) {
    fallback = body
  }

  /// Waits until a case is ready, and runs it.
  /// - Throws: what the case's body throws.
  public func select(file: String = #fileID, line: Int = #line) async throws {
    let location = SourceLocation(file: file, line: line)
    let choice = Choice()
    let first: Step = host.command(at: location, otherwise: .refused) { [self] _ in begin(choice) }
    defer { host.read(()) { _ in choice.cleanUp() } }
    switch first {
    case .refused: throw await host.refusal(at: location)
    case .run(let body): try await body.value()
    case .wait:
      try await withTaskCancellationHandler {
        try await host.dispatcher.wait(for: "Selector.Select", at: location) {
          choice.chosen != nil || choice.isInterrupted
        }
      } onCancel: { [host] in
        host.command(at: location, otherwise: ()) { _ in choice.isInterrupted = true }
      }
      guard let body = choice.chosen else { throw CanceledFailure() }
      try await body()
      host.noteProgress()
    }
  }

  private enum Step {
    case refused
    case run(UncheckedTransfer<() async throws -> Void>)
    case wait
  }

  private func begin(_ choice: Choice) -> Step {
    for (_, one) in cases {
      if let body = one.takeNow() {
        // Cases before this one are registered by now: they must not take anything any more.
        choice.chosen = {}
        return .run(UncheckedTransfer(body))
      }
      choice.cleanUps.append(
        one.wait { body in
          guard choice.chosen == nil else { return false }
          choice.chosen = body
          return true
        })
    }
    if let fallback { return .run(UncheckedTransfer(fallback)) }
    return .wait
  }

  private func drop(_ id: Int) {
    cases.removeAll { $0.id == id }
  }

  private func newCase() -> Int {
    lastCase += 1
    return lastCase
  }

  private func add(_ core: ChannelCore, _ body: @escaping (_ isOpen: Bool) async throws -> Void) {
    let id = newCase()
    let rule = Case(
      isReady: { core.canReceive },
      takeNow: { [self] in
        switch core.takeNow() {
        case .value(let value):
          core.prefetched = .some(value)
          return { try await body(true) }
        case .closed:
          drop(id)
          return { try await body(false) }
        case .nothing: return nil
        }
      },
      wait: { [self] choose in
        let receiver = core.addReceiver { [self] value, isOpen in
          take(value, from: core, choose) { try await body(isOpen) }
        }
        return { core.removeReceiver(receiver) }
      })
    cases.append((id, rule))
  }

  /// A value has come for a select that waits. Which flags a history was recorded with decides whether the value is set
  /// aside now or only when the case runs; where several selectors wait on one channel that makes a difference. The news
  /// of a closed channel is set aside like a value.
  private func take(
    _ value: Any?, from core: ChannelCore, _ choose: (@escaping () async throws -> Void) -> Bool,
    _ body: @escaping () async throws -> Void
  ) -> Bool {
    let environment = host.environment
    let keepsBlocked = environment.tryUse(.blockedSelectorSignalReceive)
    let keepsLost = environment.tryUse(.workflowNewChannelLostMessages)
    let setsAsideNow = keepsBlocked && (!keepsLost || fallback != nil)
    let value = UncheckedTransfer(value)
    let isChosen = choose { [host] in
      if !setsAsideNow { host.read(()) { _ in core.prefetched = .some(value.value) } }
      try await body()
    }
    if isChosen && setsAsideNow { core.prefetched = .some(value.value) }
    return isChosen
  }
}

/// What a select has settled on.
private final class Choice: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.
  var chosen: (() async throws -> Void)?
  var cleanUps: [() -> Void] = []
  var isInterrupted = false

  func cleanUp() {
    for cleanUp in cleanUps { cleanUp() }
    cleanUps.removeAll()
  }
}
