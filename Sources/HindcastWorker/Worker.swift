private import Foundation
public import HindcastCalls
internal import HindcastCore
internal import TemporalServiceAPI

/// Works the tasks of one task queue: takes them from the service, runs the code and answers.
///
/// ```swift
/// var configuration = WorkerConfiguration(taskQueue: "orders", identity: "orders-worker", workflows: code)
/// try await Worker(configuration, connection: connection).run()
/// ```
///
/// Workflow tasks run without sticky queues: each brings the whole history of its run.
public struct Worker: Sendable {
  private var configuration: WorkerConfiguration
  private let connection: any ServiceConnection

  /// Makes a worker; it does nothing before ``run()``.
  public init(_ configuration: WorkerConfiguration, connection: any ServiceConnection) {
    self.configuration = configuration
    if configuration.instanceKey.isEmpty { self.configuration.instanceKey = UUID().uuidString.lowercased() }
    let measures = WorkerMetrics(configuration.metrics, namespace: configuration.namespace)
    self.configuration.measures = measures
    self.connection = MeasuredConnection.measuring(connection, measures)
  }

  /// Polls and works until the calling task is cancelled; then takes no more tasks, and returns when those under way are
  /// answered or ``WorkerConfiguration/stopTimeout`` and ``WorkerConfiguration/cancellationTimeout`` are over.
  ///
  /// - Throws: ``ServiceError`` when the service refuses to hand out tasks at all, because the namespace does not exist or
  ///   the like.
  public func run() async throws {
    let workflows = configuration.workflows.map(makeWorkflowPoller)
    let activities = configuration.runsOnlyLocalActivities ? nil : configuration.activities.map(makeActivityWorkers)
    let slots = [workflows?.poller.slots].compactMap { $0 } + (activities?.slots ?? [])
    var loops: [@Sendable () async throws -> Void] = []
    if let workflows { loops.append(workflows.poller.run) }
    for part in activities?.parts ?? [] { loops.append(part.poller.run) }

    let shutdown = makeShutdown(hasWorkflows: workflows != nil, activities)
    let endsPolls = await shutdown.endsPolls()
    let polling = Task { [loops] in await poll(loops) }
    let result = await withTaskCancellationHandler {
      await polling.value
    } onCancel: {
      Task {
        for slots in slots { await slots.close() }
        await shutdown.tell()
        if endsPolls { await Self.wait(for: polling, atMost: Self.patienceWithPolls) }
        polling.cancel()
      }
    }
    // What comes now must not be cut short by the cancellation that brought it about.
    await Task.detached {
      await shutdown.tell()
      if await isIdle(slots, within: configuration.stopTimeout) { return }
      activities?.cancelAll()
      _ = await isIdle(slots, within: configuration.cancellationTimeout)
    }.value
    workflows?.threads.close()
    try result.get()
  }

  /// How long a worker that stops waits for polls that the server said it would end.
  private static let patienceWithPolls: Duration = .seconds(5)

  private static func wait(for polling: Task<Result<Void, any Error>, Never>, atMost limit: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = await polling.value }
      group.addTask {
        try? await Task.sleep(for: limit)
        polling.cancel()
      }
      await group.next()
      group.cancelAll()
    }
  }

  private func poll(_ loops: [@Sendable () async throws -> Void]) async -> Result<Void, any Error> {
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for loop in loops { group.addTask { try await loop() } }
        for try await _ in group {}
      }
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  /// Waits until no task is under way; `false` when that takes too long.
  private func isIdle(_ slots: [TaskSlots], within limit: Duration) async -> Bool {
    let watch = Stopwatch(configuration.clock)
    for slots in slots where await !slots.untilIdle(within: limit - watch.elapsed, of: configuration.clock) {
      return false
    }
    return true
  }

  private func makeShutdown(hasWorkflows: Bool, _ activities: ActivityWorkers?) -> WorkerShutdown {
    var types: [Temporal_Api_Enums_V1_TaskQueueType] = []
    if hasWorkflows { types.append(.workflow) }
    if activities != nil { types.append(.activity) }
    let main = WorkerShutdown.Queue(name: configuration.taskQueue, types: types)
    let others = (activities?.parts ?? []).dropFirst().map {
      WorkerShutdown.Queue(name: $0.queue.name, types: [.activity])
    }
    return WorkerShutdown(connection: connection, configuration: configuration, queues: [main] + others)
  }

  private func makeWorkflowPoller(
    _ code: any WorkflowCode
  ) -> (
    poller: TaskPoller<WorkflowTaskHandler.Polled>, threads: WorkflowThreads
  ) {
    let threads = WorkflowThreads(
      // Workflow code only computes: more threads than processors would finish nothing sooner, and each has a runtime.
      count: min(configuration.maximumConcurrentWorkflowTasks, max(4, ProcessInfo.processInfo.activeProcessorCount)),
      code: code, options: configuration.runtime)
    let handler = WorkflowTaskHandler(
      connection: connection, configuration: configuration, supportedTypes: code.workflowTypes, threads: threads)
    let poller = TaskPoller(
      kind: "workflow", configuration: configuration, pollers: configuration.workflowTaskPollers,
      slots: TaskSlots(limit: configuration.maximumConcurrentWorkflowTasks), poll: handler.poll, work: handler.work)
    return (poller, threads)
  }

  private func makeActivityWorkers(_ code: any ActivityCode) -> ActivityWorkers {
    ActivityWorkers(connection: connection, configuration: configuration, code: code)
  }
}
