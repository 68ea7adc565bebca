import HindcastCore

/// A result that is there now or comes later.
public final class WorkflowFuture<Value>: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.

  private enum State {
    case pending
    /// Decoding is code of the user's, so it waits until someone asks.
    case settled(() throws -> Value)
  }

  let host: WorkflowHost
  private let reason: String
  private var state = State.pending
  /// Selectors that wait, in the order of their registration.
  private var watchers: [(id: Int, notify: () -> Void)] = []
  private var lastWatcher = 0
  /// Asks for the operation behind the future to be cancelled; nil where there is none, or no more.
  private var requestCancel: (() -> Void)?

  init(host: WorkflowHost, reason: String) {
    self.host = host
    self.reason = reason
  }

  /// Whether the result is there.
  public var isReady: Bool { host.read(false) { _ in isSettled } }

  /// Waits for the result.
  /// - Throws: what the operation failed with (`ActivityFailure`, `CanceledFailure` …), or a decoding error.
  public func get(file: String = #fileID, line: Int = #line) async throws -> Value {
    try await get(at: SourceLocation(file: file, line: line), cancels: false)
  }

  /// Asks for the activity, timer or child behind this future to be cancelled, whatever its scope. Does nothing when it
  /// has ended.
  public func cancel(file: String = #fileID, line: Int = #line) {
    host.command(at: SourceLocation(file: file, line: line), otherwise: ()) { _ in cancelNow() }
  }

  // MARK: For the host

  var isSettled: Bool {
    if case .settled = state { return true }
    return false
  }

  func settle(_ result: @escaping () throws -> Value) {
    guard !isSettled else { return }
    state = .settled(result)
    requestCancel = nil
    let notified = watchers
    watchers.removeAll()
    for watcher in notified { watcher.notify() }
  }

  /// How to cancel what is behind the future.
  func onCancelRequest(_ request: @escaping () -> Void) {
    requestCancel = request
  }

  func cancelNow() {
    guard let request = requestCancel else { return }
    requestCancel = nil
    request()
  }

  /// Calls `notify` once, when the result is there.
  func watch(_ notify: @escaping () -> Void) -> Int {
    lastWatcher += 1
    watchers.append((lastWatcher, notify))
    return lastWatcher
  }

  func unwatch(_ id: Int) {
    watchers.removeAll { $0.id == id }
  }

  /// - Parameter cancels: whether cancelling the waiting Swift task cancels what is behind the future (where nobody else
  ///   has the future); otherwise it only ends the wait.
  func get(at location: SourceLocation, cancels: Bool) async throws -> Value {
    let isThere = host.command(at: location, otherwise: nil) { _ in isSettled }
    guard let isThere else { throw await host.refusal(at: location) }
    if !isThere {
      let wait = Interruption()
      try await withTaskCancellationHandler {
        try await host.dispatcher.wait(for: reason, at: location) { [self] in isSettled || wait.isInterrupted }
      } onCancel: { [self] in
        host.command(at: location, otherwise: ()) { _ in
          if cancels { cancelNow() } else { wait.isInterrupted = true }
        }
      }
      host.noteProgress()
      if wait.isInterrupted && !isSettled { throw CanceledFailure() }
    }
    guard case .settled(let result) = state else { throw await host.refusal(at: location) }
    return try result()
  }

  /// Whether the Swift task that waits has been cancelled.
  private final class Interruption: @unchecked Sendable {
    // `@unchecked`: set through the host, which lets in only the workflow's own thread.
    var isInterrupted = false
  }
}

/// The other end of a future that workflow code itself settles.
public struct WorkflowPromise<Value>: Sendable {
  /// The future.
  public let future: WorkflowFuture<Value>

  /// Settles the future with a value; only the first settlement counts.
  public func succeed(_ value: Value) {
    let value = UncheckedTransfer(value)
    future.host.command(otherwise: ()) { [future] _ in future.settle { value.value } }
  }

  /// Settles the future with an error; only the first settlement counts.
  public func fail(_ error: any Error) {
    future.host.command(otherwise: ()) { [future] _ in future.settle { throw error } }
  }
}
