import HindcastCore
import TemporalAPI

extension WorkflowContext {
  /// Runs a local activity, which the worker does within the workflow task, and waits for its result.
  ///
  /// Cancelling this context's scope, or the Swift task that waits, asks the activity to stop.
  /// - Parameters:
  ///   - type: the activity type.
  ///   - arguments: the arguments, in order.
  ///   - options: how to run it; nil: the context's `localActivityOptions`.
  /// - Throws: what the activity failed with, or `CanceledFailure`.
  public func executeLocalActivity<Result: Decodable>(
    _ type: String, _ arguments: any Encodable..., options: LocalActivityOptions? = nil,
    returning result: Result.Type = Result.self, file: String = #fileID, line: Int = #line
  ) async throws -> Result {
    let location = SourceLocation(file: file, line: line)
    let future = startLocal(type, arguments, options, at: location) {
      try PayloadConverter.decode(Result.self, from: $0)
    }
    return try await future.get(at: location, cancels: true)
  }

  /// Runs a local activity and waits for its end.
  public func executeLocalActivity(
    _ type: String, _ arguments: any Encodable..., options: LocalActivityOptions? = nil, file: String = #fileID,
    line: Int = #line
  ) async throws {
    let location = SourceLocation(file: file, line: line)
    try await startLocal(type, arguments, options, at: location) { _ in }.get(at: location, cancels: true)
  }

  /// Starts a local activity and goes on.
  public func startLocalActivity<Result: Decodable>(
    _ type: String, _ arguments: any Encodable..., options: LocalActivityOptions? = nil,
    returning result: Result.Type = Result.self, file: String = #fileID, line: Int = #line
  ) -> WorkflowFuture<Result> {
    startLocal(type, arguments, options, at: SourceLocation(file: file, line: line)) {
      try PayloadConverter.decode(Result.self, from: $0)
    }
  }

  /// As in the Go SDK a coroutine of its own asks for the activity, so its id is drawn when that has its turn.
  private func startLocal<Result>(
    _ type: String, _ arguments: [any Encodable], _ options: LocalActivityOptions?, at location: SourceLocation,
    decode: @escaping (Temporal_Api_Common_V1_Payloads?) throws -> Result
  ) -> WorkflowFuture<Result> {
    let future = WorkflowFuture<Result>(host: host, reason: "local activity \(type)")
    let options = options ?? localActivityOptions
    guard let input = encode(arguments, for: future) else { return future }
    host.command(at: location, otherwise: ()) { environment in
      if let problem = options.problem { return future.settle { throw ApplicationFailure(problem) } }
      var request = options.request(type: type, input: input.payloads)
      request.scheduledTime = environment.now
      let attempts = LocalActivityAttempts(self, request, at: location)
      future.onCancelRequest { attempts.cancel() }
      host.dispatcher.spawn(name: nil) {
        do {
          let payloads = try await attempts.run()
          host.command(otherwise: ()) { _ in future.settle { try decode(payloads) } }
        } catch {
          host.command(otherwise: ()) { _ in future.settle { throw error } }
        }
      }
    }
    return future
  }
}

/// The attempts at one local activity, as far as timers stand between them: shorter pauses are the worker's business.
private final class LocalActivityAttempts: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.

  /// How one attempt came out.
  private enum Outcome {
    case finished(Temporal_Api_Common_V1_Payloads?)
    case retry(attempt: Int32, after: Duration)
  }

  private let context: WorkflowContext
  private var request: LocalActivityRequest
  private let location: SourceLocation
  private var isCanceled = false
  /// Cancels what is waited for at the moment.
  private var cancelCurrent: () -> Void = {}

  init(_ context: WorkflowContext, _ request: LocalActivityRequest, at location: SourceLocation) {
    self.context = context
    self.request = request
    self.location = location
  }

  func cancel() {
    isCanceled = true
    cancelCurrent()
  }

  /// Asks for the activity until it has a result or a failure that is not tried again.
  func run() async throws -> Temporal_Api_Common_V1_Payloads? {
    while true {
      switch try await start().get(at: location, cancels: false) {
      case .finished(let payloads): return payloads
      case .retry(let attempt, let pause):
        request.attempt = attempt
        let timer = context.start(pause, summary: "Sleep", at: location)
        cancelCurrent = { timer.cancelNow() }
        do {
          try await timer.get(at: location, cancels: false)
        } catch is CanceledFailure {
          // The next attempt is cancelled before it has begun, and says so in the history.
        }
      }
    }
  }

  private func start() -> WorkflowFuture<Outcome> {
    let host = context.host
    let scope = context.scope
    let attempt = WorkflowFuture<Outcome>(host: host, reason: "local activity \(request.type)")
    host.command(at: location, otherwise: ()) { environment in
      let activity = environment.executeLocalActivity(request)
      let reaction = ScopeReaction()
      host.expect(activity.operation) { resolution in
        host.forget(activity.operation)
        scope.remove(reaction.number)
        switch resolution {
        case .completed(let payloads): attempt.settle { .finished(payloads) }
        case .failed(let failure): attempt.settle { throw FailureConverter.error(for: failure) }
        case .rejected(let rejection): attempt.settle { throw FailureConverter.error(for: rejection) }
        case .retry(let number, let nanoseconds):
          attempt.settle { .retry(attempt: number, after: .nanoseconds(nanoseconds)) }
        case .childStarted: break
        }
      }
      attempt.onCancelRequest { host.react { environment in environment.cancelLocalActivity(activity) } }
      cancelCurrent = { attempt.cancelNow() }
      reaction.number = scope.onCancel { attempt.cancelNow() }
      if isCanceled { attempt.cancelNow() }
    }
    return attempt
  }
}
