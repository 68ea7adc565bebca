internal import HindcastCore
internal import HindcastHistory
internal import HindcastWorker
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// Works the workflow tasks of a test environment, each of them twice if it is to be checked.
struct WorkflowDriver: Sendable {
  private let types: [String]
  private let threads: WorkflowThreads
  /// Where fresh instances replay; their runtimes differ in whatever must not matter.
  private let checker: WorkflowThreads?

  /// Runs that are kept at most; each may hold a runtime, a Lua machine for example.
  private static let mostRuns = 64

  init(_ code: any WorkflowCode, options: TestEnvironmentOptions) {
    types = code.workflowTypes
    threads = WorkflowThreads(
      count: 1, code: code, options: RuntimeOptions(seed: options.seed),
      cachedRuns: options.cachesRuns ? Self.mostRuns : 0)
    let otherSeed = options.seed &+ 0x9e37_79b9_7f4a_7c15
    checker =
      options.checksReexecution
      ? WorkflowThreads(count: 1, code: code, options: RuntimeOptions(seed: otherSeed), cachedRuns: 0) : nil
  }

  /// Works a task as far as it goes.
  func begin(_ task: WorkflowTask, log: @escaping WorkerLog) async throws -> WorkflowTaskStep {
    let execution = execution(of: task, log)
    return try await threads.run(task.runID) { $0.begin(execution) }
  }

  /// Goes on with a task when a local activity has ended.
  func resume(
    _ task: WorkflowTask, _ id: String, _ outcome: LocalActivityOutcome, after elapsed: Duration,
    log: @escaping WorkerLog
  ) async throws -> WorkflowTaskStep {
    let execution = execution(of: task, log)
    return try await threads.run(task.runID) { $0.resume(execution, id, outcome, after: elapsed) }
  }

  /// Answers a task for which local activities take too long.
  func prolong(_ task: WorkflowTask, log: @escaping WorkerLog) async throws -> WorkflowTaskStep {
    let execution = execution(of: task, log)
    return try await threads.run(task.runID) { $0.prolong(execution) }
  }

  /// Forgets a run.
  func evict(_ runID: String) async throws {
    try await threads.run(runID) { $0.evict(runID) }
  }

  /// What a run waits for, in words.
  func waits(of runID: String) async -> [String] {
    (try? await threads.run(runID) { $0.waits(of: runID) ?? [] }) ?? []
  }

  private func execution(of task: WorkflowTask, _ log: @escaping WorkerLog) -> WorkflowTaskExecution {
    WorkflowTaskExecution(task: task, supportedTypes: types, log: log)
  }

  func close() {
    threads.close()
    checker?.close()
  }

  /// Replays a run from its first event on a fresh instance, whose runtime differs in whatever must not matter.
  ///
  /// - Throws: ``TestEnvironmentError/reexecutionDiffers(_:)`` when it does anything but what the history says.
  func check(_ history: WorkflowHistory, in namespace: String) async throws {
    guard let checker else { return }
    let outcome = try await checker.run(history.runID ?? "") { cache in
      Result { () throws(WorkflowLoadError) in
        try cache.withRuntime { runtime in
          var options = HistoryReplayOptions()
          options.namespace = namespace
          options.runsOpenTask = false
          return HistoryReplay(history, options: options).run(in: runtime)
        }
      }
    }.get()
    guard let finding = outcome.failure ?? outcome.warnings.first(where: \.rule.isDifference) else { return }
    throw TestEnvironmentError.reexecutionDiffers(
      ReexecutionDifference(
        workflowID: history.workflowID ?? "", workflowType: history.workflowTypeName ?? "", finding: finding,
        history: history))
  }
}

extension RuleCode {
  /// Whether code that is the same must not show this: values that replays of changed code only warn of.
  fileprivate var isDifference: Bool {
    switch self {
    case .inputChanged, .typePrefixChanged, .durationChanged, .optionsChanged, .signalInputChanged, .runIDChanged,
      .searchAttributesChanged, .memoChanged, .resultChanged, .failureChanged, .continueAsNewChanged,
      .updateResultChanged, .versionUnused, .versionMoved, .localActivityUnawaited:
      true
    default: false
    }
  }
}

extension WorkflowTask {
  var workflowHistory: WorkflowHistory {
    WorkflowHistory(
      events: events, workflowID: polled.workflowExecution.workflowID, runID: polled.workflowExecution.runID)
  }
}
