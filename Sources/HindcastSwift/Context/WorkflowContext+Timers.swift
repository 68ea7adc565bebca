import HindcastCore

extension WorkflowContext {
  /// Waits, durably. Zero or less does not wait and leaves no trace in the history.
  /// - Throws: `CanceledFailure` when this context's scope, or the Swift task that waits, is cancelled.
  public func sleep(for duration: Duration, file: String = #fileID, line: Int = #line) async throws {
    let location = SourceLocation(file: file, line: line)
    let future = start(duration, summary: "Sleep", at: location)
    try await future.get(at: location, cancels: true)
  }

  /// Starts a durable timer and goes on. Zero or less has fired at once and leaves no trace in the history.
  public func timer(
    for duration: Duration, summary: String? = nil, file: String = #fileID, line: Int = #line
  ) -> WorkflowFuture<Void> {
    start(duration, summary: summary, at: SourceLocation(file: file, line: line))
  }

  func start(_ duration: Duration, summary: String?, at location: SourceLocation) -> WorkflowFuture<Void> {
    let future = WorkflowFuture<Void>(host: host, reason: "timer \(duration)")
    host.command(at: location, otherwise: ()) { (environment) throws(TaskFailure) in
      guard duration > .zero else { return future.settle {} }
      let timer = try environment.startTimer(
        nanoseconds: max(1, duration.nanoseconds), summary: summary.map { JSONPayload.payload($0) })
      future.follow(timer.operation, in: scope, { _ in }) { (environment) throws(TaskFailure) in
        try environment.cancelTimer(timer)
      }
    }
    return future
  }
}
