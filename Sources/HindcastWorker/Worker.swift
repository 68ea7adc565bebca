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
/// Runs stay here between their tasks: the server sends their next tasks to a sticky queue that only this worker polls.
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
    let activities = configuration.runsOnlyLocalActivities ? nil : configuration.activities.map(makeActivityWorkers)
    let workflows = configuration.workflows.map { makeWorkflowWorker($0, activities) }
    let slots = [workflows?.poller.slots].compactMap { $0 } + (activities?.slots ?? [])
    var loops: [@Sendable () async throws -> Void] = []
    if let workflows { loops.append(workflows.poller.run) }
    for part in activities?.parts ?? [] { loops.append(part.poller.run) }

    let shutdown = makeShutdown(workflows, activities)
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
      workflows?.hurry()
      if await isIdle(slots, within: configuration.stopTimeout) { return }
      activities?.cancelAll()
      workflows?.cancelAll()
      _ = await isIdle(slots, within: configuration.cancellationTimeout)
    }.value
    workflows?.close()
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

  private func makeShutdown(_ workflows: WorkflowWorker?, _ activities: ActivityWorkers?) -> WorkerShutdown {
    var types: [Temporal_Api_Enums_V1_TaskQueueType] = []
    if workflows != nil { types.append(.workflow) }
    if activities != nil { types.append(.activity) }
    let main = WorkerShutdown.Queue(
      name: configuration.taskQueue, types: types, stickyName: workflows?.sticky?.name ?? "")
    let others = (activities?.parts ?? []).dropFirst().map {
      WorkerShutdown.Queue(name: $0.queue.name, types: [.activity])
    }
    return WorkerShutdown(connection: connection, configuration: configuration, queues: [main] + others)
  }

  private func makeWorkflowWorker(_ code: any WorkflowCode, _ activities: ActivityWorkers?) -> WorkflowWorker {
    WorkflowWorker(connection: connection, configuration: configuration, code: code, activities: activities)
  }

  private func makeActivityWorkers(_ code: any ActivityCode) -> ActivityWorkers {
    ActivityWorkers(connection: connection, configuration: configuration, code: code)
  }
}
