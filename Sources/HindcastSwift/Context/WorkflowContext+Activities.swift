import HindcastCore
import TemporalAPI

extension WorkflowContext {
  /// Runs an activity and waits for its result.
  ///
  /// Cancelling this context's scope, or the Swift task that waits, asks for the activity to be cancelled.
  /// - Parameters:
  ///   - type: the activity type.
  ///   - arguments: the arguments, in order.
  ///   - options: how to schedule it; nil: the context's `activityOptions`.
  /// - Throws: `ActivityFailure`, or `CanceledFailure` when it was cancelled without waiting.
  public func executeActivity<Result: Decodable>(
    _ type: String, _ arguments: any Encodable..., options: ActivityOptions? = nil,
    returning result: Result.Type = Result.self, file: String = #fileID, line: Int = #line
  ) async throws -> Result {
    let location = SourceLocation(file: file, line: line)
    let future = start(type, arguments, options, at: location) { try PayloadConverter.decode(Result.self, from: $0) }
    return try await future.get(at: location, cancels: true)
  }

  /// Runs an activity and waits for its end.
  public func executeActivity(
    _ type: String, _ arguments: any Encodable..., options: ActivityOptions? = nil, file: String = #fileID,
    line: Int = #line
  ) async throws {
    let location = SourceLocation(file: file, line: line)
    let future = start(type, arguments, options, at: location) { _ in }
    try await future.get(at: location, cancels: true)
  }

  /// Schedules an activity and goes on.
  public func startActivity<Result: Decodable>(
    _ type: String, _ arguments: any Encodable..., options: ActivityOptions? = nil,
    returning result: Result.Type = Result.self, file: String = #fileID, line: Int = #line
  ) -> WorkflowFuture<Result> {
    start(type, arguments, options, at: SourceLocation(file: file, line: line)) {
      try PayloadConverter.decode(Result.self, from: $0)
    }
  }

  /// Schedules an activity without a result and goes on.
  public func startActivity(
    _ type: String, _ arguments: any Encodable..., options: ActivityOptions? = nil, file: String = #fileID,
    line: Int = #line
  ) -> WorkflowFuture<Void> {
    start(type, arguments, options, at: SourceLocation(file: file, line: line)) { _ in }
  }

  private func start<Result>(
    _ type: String, _ arguments: [any Encodable], _ options: ActivityOptions?, at location: SourceLocation,
    decode: @escaping (Temporal_Api_Common_V1_Payloads?) throws -> Result
  ) -> WorkflowFuture<Result> {
    let future = WorkflowFuture<Result>(host: host, reason: "activity \(type)")
    var options = options ?? activityOptions
    guard let input = encode(arguments, for: future), isRoutable(&options, for: future) else { return future }
    host.command(at: location, otherwise: ()) { [options] (environment) throws(TaskFailure) in
      let attributes = options.attributes(type: type, input: input.payloads, ownTaskQueue: environment.info.taskQueue)
      let activity = try environment.scheduleActivity(
        attributes, waitsForCancellation: options.waitsForCancellation,
        summary: options.summary.map { JSONPayload.payload($0) })
      future.follow(activity.operation, in: scope, decode) { (environment) throws(TaskFailure) in
        try environment.cancelActivity(activity)
      }
    }
    return future
  }

  /// Sends an activity of an open session to the session's worker; one of a failed session has failed.
  private func isRoutable<Result>(_ options: inout ActivityOptions, for future: WorkflowFuture<Result>) -> Bool {
    guard let session else { return true }
    let phase = host.read(SessionCore.Phase.closed) { _ in session.phase }
    if phase == .open { options.taskQueue = session.taskQueue }
    if phase == .failed { host.command(otherwise: ()) { _ in future.settle { throw SessionError.failed } } }
    return phase != .failed
  }

  /// Encodes arguments; a future whose arguments do not encode has failed.
  func encode<Result>(_ arguments: [any Encodable], for future: WorkflowFuture<Result>) -> EncodedArguments? {
    do {
      return EncodedArguments(payloads: try PayloadConverter.payloads(arguments))
    } catch {
      host.command(otherwise: ()) { _ in future.settle { throw error } }
      return nil
    }
  }
}

/// Arguments as payloads; nil when there are none.
struct EncodedArguments {
  var payloads: Temporal_Api_Common_V1_Payloads?
}

extension WorkflowFuture {
  /// Takes its result from an operation, and cancels it with a scope.
  func follow(
    _ operation: OperationID, in scope: CancellationScope?,
    _ decode: @escaping (Temporal_Api_Common_V1_Payloads?) throws -> Value,
    cancel: ((WorkflowEnvironment) throws(TaskFailure) -> Void)? = nil
  ) {
    let host = host
    let reaction = ScopeReaction()
    host.expect(operation) { [self] resolution in
      host.forget(operation)
      scope?.remove(reaction.number)
      switch resolution {
      case .completed(let payloads): settle { try decode(payloads) }
      case .failed(let failure): settle { throw FailureConverter.error(for: failure) }
      case .rejected(let rejection): settle { throw FailureConverter.error(for: rejection) }
      case .childStarted, .retry: break
      }
    }
    guard let cancel, !isSettled else { return }
    onCancelRequest { [weak self] in
      guard let self, !isSettled else { return }
      host.react(cancel)
    }
    reaction.number = scope?.onCancel { [weak self] in self?.cancelNow() }
  }
}

/// The number of a reaction that is registered after what may take it back.
final class ScopeReaction {
  var number: Int?
}
