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

  init(_ code: any WorkflowCode, options: TestEnvironmentOptions) {
    types = code.workflowTypes
    threads = WorkflowThreads(
      count: 1, code: options.cachesRuns ? CachingCode(base: code) : code, options: RuntimeOptions(seed: options.seed))
    let otherSeed = options.seed &+ 0x9e37_79b9_7f4a_7c15
    checker =
      options.checksReexecution
      ? WorkflowThreads(count: 1, code: code, options: RuntimeOptions(seed: otherSeed)) : nil
  }

  /// The answer to a task.
  func answer(_ task: WorkflowTask, log: @escaping WorkerLog) async throws -> WorkflowTaskAnswer {
    let execution = WorkflowTaskExecution(task: task, supportedTypes: types, log: log)
    do {
      return try await threads.run { runtime in
        (runtime as? CachingRuntime)?.answer(execution) ?? execution.answer(in: runtime)
      }
    } catch let error as WorkflowLoadError {
      return .failed(WorkflowTaskProblem(error, type: task.polled.workflowType.name, supported: types))
    }
  }

  /// Forgets a run.
  func evict(_ runID: String) async throws {
    try await threads.run { ($0 as? CachingRuntime)?.evict(runID) }
  }

  /// What a run waits for, in words.
  func waits(of runID: String) async -> [String] {
    (try? await threads.run { ($0 as? CachingRuntime)?.waits(of: runID) ?? [] }) ?? []
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
    let outcome = try await checker.run { runtime in
      var options = HistoryReplayOptions()
      options.namespace = namespace
      options.runsOpenTask = false
      return HistoryReplay(history, options: options).run(in: runtime)
    }
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
