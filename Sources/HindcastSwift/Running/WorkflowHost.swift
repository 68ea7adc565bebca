import HindcastCore
import SwiftProtobuf
import TemporalAPI

/// One run of a Swift workflow: the state that its context, futures and channels work on.
final class WorkflowHost: @unchecked Sendable {
  // `@unchecked`: used on the thread that drains, or by its caller while that thread rests; `command` and `read` let
  // nobody else in.

  let environment: WorkflowEnvironment
  let registration: WorkflowRegistration
  let dispatcher = Dispatcher()
  /// Where workflow code runs, if there is a limit on it; nil runs it on the caller's thread.
  let threads: DrainThreads?
  /// Whether the code did not come back from its thread, so that nothing of it may be touched any more.
  var isLost = false

  /// Why the run cannot go on.
  var failure: TaskFailure?
  var isClosed = false
  /// Set while code runs that may only look: query handlers, validators, side effects.
  var isReadOnly = false
  var hasBrokenReadOnly = false
  /// Where workflow code last called the host.
  private(set) var location: SourceLocation?
  /// Whether an event, not code, causes what happens now.
  private var isReacting = false

  var input: Temporal_Api_Common_V1_Payloads?
  var header = Temporal_Api_Common_V1_Header()
  var result: Result<Temporal_Api_Common_V1_Payloads?, any Error>?
  /// What the result means for the workflow.
  var conclusion: Completion?
  /// What to do with the results of operations that are under way.
  var operations: [OperationID: (Resolution) -> Void] = [:]
  /// Results that came while the operation was being asked for.
  var earlyResolutions: [OperationID: Resolution] = [:]
  var signals: [String: ChannelCore] = [:]
  var updates = UpdateTable()
  var queryHandlers: [String: QueryHandler] = [:]
  private(set) lazy var rootScope = CancellationScope(host: self, parent: nil)

  init(environment: WorkflowEnvironment, registration: WorkflowRegistration, threads: DrainThreads?) {
    self.environment = environment
    self.registration = registration
    self.threads = threads
  }

  var context: WorkflowContext { WorkflowContext(host: self, scope: rootScope) }

  // MARK: Calls of workflow code

  /// Does something for workflow code that changes the run: issues a command, spawns, waits.
  /// - Parameters:
  ///   - location: where the code stands.
  ///   - fallback: the answer when the run has failed, is being given up, or code may only look at present.
  func command<Answer>(
    at location: SourceLocation? = nil, otherwise fallback: @autoclosure () -> Answer,
    _ body: (WorkflowEnvironment) throws(TaskFailure) -> Answer
  ) -> Answer {
    guard dispatcher.isRunningCode else {
      dispatcher.executor.noteStray()
      return fallback()
    }
    let entered = dispatcher.gate.enter()
    defer { if entered { dispatcher.gate.leave() } }
    if isReadOnly { hasBrokenReadOnly = true }
    guard failure == nil, !isClosed, !isReadOnly, !dispatcher.isEvicting else { return fallback() }
    if let location {
      self.location = location
      dispatcher.running?.location = location
    }
    do {
      return try body(environment)
    } catch {
      fail(error)
      return fallback()
    }
  }

  /// Looks at the run for workflow code, which queries and validators may do as well.
  func read<Answer>(_ fallback: @autoclosure () -> Answer, _ body: (WorkflowEnvironment) -> Answer) -> Answer {
    guard dispatcher.isRunningCode else {
      dispatcher.executor.noteStray()
      return fallback()
    }
    let entered = dispatcher.gate.enter()
    defer { if entered { dispatcher.gate.leave() } }
    guard !isClosed else { return fallback() }
    return body(environment)
  }

  /// Does what an event or a reaction to one asks for, outside of workflow code.
  func react(_ body: (WorkflowEnvironment) throws(TaskFailure) -> Void) {
    guard failure == nil, !isClosed else { return }
    do {
      try body(environment)
    } catch {
      fail(error)
    }
  }

  /// Where the running code stands; nil while none of it runs because of an event.
  var currentLocation: SourceLocation? { isReacting ? nil : dispatcher.running?.location ?? location }

  /// Does what an event brings, of which workflow code is not the cause.
  func reacting(_ body: () -> Void) {
    let isOuter = !isReacting && !dispatcher.isRunningCode
    if isOuter { isReacting = true }
    defer { if isOuter { isReacting = false } }
    body()
  }

  /// The workflow function has ended; where is where it last called.
  func end(with result: Result<Temporal_Api_Common_V1_Payloads?, any Error>) {
    self.result = result
    location = dispatcher.running?.location ?? location
  }

  /// Runs a closure of the user's that must not change the run, and encodes what it returns.
  ///
  /// Since nothing is recorded of an effect that failed, a value that does not encode fails the task.
  func effect(_ produce: () -> any Encodable) -> Temporal_Api_Common_V1_Payloads? {
    hasBrokenReadOnly = false
    let value = readOnly { dispatcher.executor.unwatched(produce) }
    if hasBrokenReadOnly { fail(TaskFailure(.codeError, "a side effect used the workflow's context")) }
    do {
      return try PayloadConverter.payloads(value)
    } catch {
      fail(TaskFailure(.codeError, "the result of a side effect cannot be encoded: \(error)"))
      return nil
    }
  }

  /// Runs a closure of the user's that must not change the run.
  func readOnly<Answer>(_ body: () -> Answer) -> Answer {
    isReadOnly = true
    defer { isReadOnly = false }
    return dispatcher.gate.outside(body)
  }

  func noteProgress() {
    read(()) { _ in dispatcher.noteProgress() }
  }

  /// Remembers the first failure; from then on the run only unwinds.
  func fail(_ failure: TaskFailure) {
    guard self.failure == nil else { return }
    self.failure = failure
    self.failure?.location = failure.location ?? currentLocation
  }

  /// What a call throws that may wait and was refused: code of a run that has failed goes no further, until the run is
  /// given up.
  func refusal(at location: SourceLocation) async -> any Error {
    do {
      try await dispatcher.wait(for: "the end of the run", at: location) { false }
      return WorkflowEvicted()
    } catch {
      return error
    }
  }

  // MARK: Operations

  /// Registers what to do with an operation's results, of which one may already be there.
  func expect(_ operation: OperationID, _ handle: @escaping (Resolution) -> Void) {
    operations[operation] = handle
    if let early = earlyResolutions.removeValue(forKey: operation) { handle(early) }
  }

  /// No result of the operation is to come any more.
  func forget(_ operation: OperationID) {
    operations[operation] = nil
  }
}
