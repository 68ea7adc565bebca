import Foundation
import HindcastCore

extension WorkflowContext {
  /// Opens a session: from then on one worker runs all activities of the session's context.
  ///
  /// Only workers that accept sessions take it (`enable_session_worker`), each as many at a time as it is told
  /// (`max_concurrent_session_execution_size`); while all are busy the server tries again. What is recorded is what sdk-go's
  /// `CreateSession` records: a side effect with the id, an activity that lasts as long as the session, a signal of its name.
  ///
  /// - Throws: ``SessionError``, `ActivityFailure` when no worker took it in time, `CanceledFailure`.
  public func createSession(
    _ options: SessionOptions, file: String = #fileID, line: Int = #line
  ) async throws -> WorkflowSession {
    if let session, host.read(false, { _ in session.phase == .open }) { throw SessionError.existsAlready }
    let id = try sideEffect(file: file, line: line) { UUID().uuidString.lowercased() }
    let opened = signalChannel(named: id, of: SessionCore.Response.self)
    var inner = cancellable()
    inner.session = nil
    let creation = inner.startActivity(
      SessionCore.creationActivity, id, options: creationOptions(options), file: file, line: line)

    var response: SessionCore.Response?
    var hasEnded = false
    let selector = selector()
    selector.onSignal(opened) { response = $0 }
    selector.onReady(creation) { _ in hasEnded = true }
    while response == nil, !hasEnded { try await selector.select(file: file, line: line) }
    guard let response else {
      inner.scope.cancel(file: file, line: line)
      try await creation.get(file: file, line: line)
      throw SessionError.endedEarly
    }

    let core = SessionCore(id: id, response)
    inner.session = core
    inner.spawn("session \(id)", file: file, line: line) { context in
      do {
        try await creation.get(file: file, line: line)
      } catch is CanceledFailure {
        return
      } catch let error as WorkflowEvicted {
        throw error
      } catch {
        context.host.read(()) { _ in core.phase = .failed }
        context.scope.cancel(file: file, line: line)
      }
    }
    return WorkflowSession(context: inner, core: core, outer: self)
  }

  private func creationOptions(_ options: SessionOptions) -> ActivityOptions {
    ActivityOptions(
      taskQueue: (activityOptions.taskQueue ?? info.taskQueue) + "__internal_session_creation",
      scheduleToStartTimeout: options.creationTimeout, startToCloseTimeout: options.executionTimeout,
      heartbeatTimeout: options.heartbeatTimeout,
      // Only a worker without room is a reason to try again: a session that was open is lost with its worker.
      retryPolicy: RetryPolicy(
        initialInterval: .seconds(1), backoffCoefficient: 1.1, maximumInterval: .seconds(10),
        nonRetryableErrorTypes: ["TemporalTimeout:StartToClose", "TemporalTimeout:Heartbeat"]))
  }
}
