internal import HindcastApp
internal import HindcastCalls
public import HindcastHistory
internal import HindcastLua
internal import HindcastRegistry
internal import HindcastWorker
private import Synchronization
public import TemporalAPI
internal import TemporalServiceAPI

extension TestEnvironment {
  /// Whether the app has a function or process of this id.
  package nonisolated func hasFunction(_ id: String) -> Bool {
    (try? app?.requireFunction(EntryID(parsing: id))) != nil
  }

  /// Calls a function of the app that starts workflows, talks to them and looks what comes of it; works tasks and skips time
  /// until it has returned.
  ///
  /// ```swift
  /// let total: Int = try await environment.call("app:drive_orders", ["lamp", "chair"])
  /// ```
  ///
  /// - Parameters:
  ///   - function: A `function.lua` or `process.lua` entry, whether it is registered as an activity or not.
  ///   - arguments: Its arguments, encoded as JSON.
  /// - Throws: ``TestEnvironmentError/functionFailed(_:_:)`` when it fails.
  public func call<Value: Decodable, each Argument: Encodable & Sendable>(
    _ function: String, _ arguments: repeat each Argument, as type: Value.Type = Value.self
  ) async throws -> Value {
    var input = Payloads()
    for argument in repeat each arguments { input.payloads += try encode(argument).payloads }
    return try decode(type, from: try await call(function, payloads: input.payloads.isEmpty ? nil : input))
  }

  /// As ``call(_:_:as:)``, with payloads as they are.
  public func call(_ function: String, payloads: Payloads?) async throws -> Payloads? {
    guard let app, let processStage else {
      throw TestEnvironmentError.unusableApp("\(function) cannot be called: only an app has functions")
    }
    do {
      try app.requireFunction(EntryID(parsing: function))
    } catch {
      throw TestEnvironmentError.unusableApp("\(error)")
    }
    let shared = FunctionOutcome()
    let context = processStage.makeContext(function, input: payloads)
    processStage.begin(context) {
      shared.set(Result { () throws(ActivityError) in try app.call(function, in: context) })
    }
    let hasReturned: Bool
    do {
      hasReturned = try await run { shared.value != nil }
    } catch {
      context.cancel(.workerStopped)
      throw error
    }
    guard hasReturned, let result = shared.value else {
      context.cancel(.workerStopped)
      throw TestEnvironmentError.functionStuck(function)
    }
    switch result {
    case .success(let payloads): return payloads
    case .failure(let error): throw TestEnvironmentError.functionFailed(function, error.failure)
    }
  }

  /// The workflows that are no children of others, the first that was started first; of several runs under an id the first.
  public func rootWorkflows() async throws -> [TestRun] {
    var seen: Set<String> = []
    return try await workflows().reversed()
      .filter { !$0.hasParentExecution && seen.insert($0.execution.workflowID).inserted }
      .map { run(workflowID: $0.execution.workflowID, runID: $0.execution.runID) }
  }

  /// Tells functions and processes of the workflows that have ended.
  ///
  /// - Returns: Whether any had.
  func tellOfEnds() async throws -> Bool {
    guard let processStage else { return false }
    var hasTold = false
    for wish in processStage.wishes {
      let event: HistoryEvent?
      do {
        event = try await closeEvent(wish.run.workflowID, wish.run.runID)
      } catch TestEnvironmentError.refused(let error) {
        processStage.fulfil(wish, .failure(FailedOperation(kind: ErrorKind.internalError, error.message)))
        hasTold = true
        continue
      }
      guard let event else { continue }
      hasTold = true
      if let ending = WorkflowEnding(event) {
        processStage.fulfil(wish, ending)
      } else {
        processStage.follow(wish.number, to: event.runThatFollows)
      }
    }
    return hasTold
  }
}

/// What a function has returned, when it has.
private final class FunctionOutcome: Sendable {
  private let outcome = Mutex<Result<Payloads?, ActivityError>?>(nil)

  var value: Result<Payloads?, ActivityError>? { outcome.withLock { $0 } }

  func set(_ value: Result<Payloads?, ActivityError>) { outcome.withLock { $0 = value } }
}
