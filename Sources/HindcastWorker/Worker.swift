private import Foundation
public import HindcastCalls
internal import HindcastCore

/// Works the tasks of one task queue: takes them from the service, runs the code and answers.
///
/// ```swift
/// var configuration = WorkerConfiguration(taskQueue: "orders", identity: "orders-worker", workflows: code)
/// try await Worker(configuration, connection: connection).run()
/// ```
///
/// Workflow tasks run without sticky queues: each brings the whole history of its run.
public struct Worker: Sendable {
  private let configuration: WorkerConfiguration
  private let connection: any ServiceConnection

  /// Makes a worker; it does nothing before ``run()``.
  public init(_ configuration: WorkerConfiguration, connection: any ServiceConnection) {
    self.configuration = configuration
    self.connection = connection
  }

  /// Polls and works until the calling task is cancelled; then takes no more tasks, and returns when those under way are
  /// answered or ``WorkerConfiguration/stopTimeout`` and ``WorkerConfiguration/cancellationTimeout`` are over.
  ///
  /// - Throws: ``ServiceError`` when the service refuses to hand out tasks at all, because the namespace does not exist or
  ///   the like.
  public func run() async throws {
    let workflows = configuration.workflows.map(makeWorkflowPoller)
    let activities = configuration.runsOnlyLocalActivities ? nil : configuration.activities.map(makeActivityPoller)
    let slots = [workflows?.poller.slots, activities?.poller.slots].compactMap { $0 }

    let result = await poll(workflows?.poller.run, activities?.poller.run)
    // What comes now must not be cut short by the cancellation that brought it about.
    await Task.detached {
      if await isIdle(slots, within: configuration.stopTimeout) { return }
      activities?.handler.cancelAll()
      _ = await isIdle(slots, within: configuration.cancellationTimeout)
    }.value
    workflows?.threads.close()
    try result.get()
  }

  private func poll(_ loops: (@Sendable () async throws -> Void)?...) async -> Result<Void, any Error> {
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for loop in loops.compactMap({ $0 }) { group.addTask { try await loop() } }
        for try await _ in group {}
      }
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  /// Waits until no task is under way; `false` when that takes too long.
  private func isIdle(_ slots: [TaskSlots], within limit: Duration) async -> Bool {
    let deadline = ContinuousClock.now + limit
    for slots in slots where await !slots.untilIdle(within: deadline - .now) { return false }
    return true
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

  private func makeActivityPoller(
    _ code: any ActivityCode
  ) -> (
    poller: TaskPoller<ActivityHandler.Polled>, handler: ActivityHandler
  ) {
    let handler = ActivityHandler(connection: connection, configuration: configuration, code: code)
    let poller = TaskPoller(
      kind: "activity", configuration: configuration, pollers: configuration.activityTaskPollers,
      slots: TaskSlots(limit: configuration.maximumConcurrentActivities), poll: handler.poll, work: handler.work)
    return (poller, handler)
  }
}
