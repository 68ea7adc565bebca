private import Foundation
internal import HindcastCalls
internal import HindcastCore
private import Synchronization

/// What polls a worker's workflow tasks, and works what comes.
struct WorkflowWorker: Sendable {
  let poller: TaskPoller<WorkflowTaskHandler.Polled>
  /// Where the next tasks of the runs that are kept go; `nil` for a worker that keeps none.
  let sticky: StickyQueue?
  /// What metrics call it.
  static let workerType = "WorkflowWorker"

  private let threads: WorkflowThreads
  private let localActivities: LocalActivityRunner
  private let eagerActivities: EagerActivities?

  /// - Parameter activities: The worker's own activities, which may come with the answers to workflow tasks.
  init(
    connection: any ServiceConnection, configuration: WorkerConfiguration, code: any WorkflowCode,
    activities: ActivityWorkers?
  ) {
    sticky = StickyQueue(configuration)
    localActivities = LocalActivityRunner(configuration)
    eagerActivities = activities?.eager(configuration)
    let slots = configuration.maximumConcurrentWorkflowTasks
    var options = configuration.runtime
    if let timeout = configuration.deadlockTimeout { options.limits.limitTime(to: timeout) }
    threads = WorkflowThreads(
      // Workflow code only computes: more threads than processors would finish nothing sooner.
      count: min(slots, max(2, ProcessInfo.processInfo.activeProcessorCount)), most: slots, code: code,
      options: options, cachedRuns: sticky == nil ? 0 : configuration.maximumCachedRuns)
    let handler = WorkflowTaskHandler(
      connection: connection, configuration: configuration, supportedTypes: code.workflowTypes, threads: threads,
      sticky: sticky, localActivities: localActivities, eagerActivities: eagerActivities)
    let measures = configuration.measures
    let tags = MetricTags(taskQueue: configuration.taskQueue, workerType: Self.workerType)
    poller = TaskPoller(
      kind: "workflow", configuration: configuration, pollers: configuration.workflowTaskPollers,
      slots: TaskSlots(limit: slots) { measures.set(.slotsAvailable, to: $0, tags) }, poll: handler.poll,
      work: handler.work)
  }

  /// The worker stops: what it has taken begins at once.
  func hurry() { eagerActivities?.hurry() }

  /// Gives up tasks that wait for local activities.
  func cancelAll() { localActivities.stop() }

  /// Ends the threads.
  func close() { threads.close() }
}

extension ActivityWorkers {
  /// The activities that may come with the answers to workflow tasks: those of the worker's own queue.
  fileprivate func eager(_ configuration: WorkerConfiguration) -> EagerActivities? {
    guard let part = parts.first else { return nil }
    return EagerActivities(
      configuration, slots: part.poller.slots, turn: part.handler.waitForTurn, work: part.handler.work(eagerly:))
  }
}

extension RunLimits {
  /// What counts is this time, whatever the code's own configuration says.
  fileprivate mutating func limitTime(to timeout: Duration) {
    cpuTime = timeout.clampedNanoseconds
    usesConfiguredTimeout = false
  }
}
