internal import HindcastCalls

/// What polls a worker's queues of activities, and works what comes.
struct ActivityWorkers: Sendable {
  /// One queue.
  struct Part: Sendable {
    let queue: ActivityQueue
    let handler: ActivityHandler
    let poller: TaskPoller<ActivityTask>
  }

  /// The worker's task queue first; behind it those of sessions, where it accepts some.
  let parts: [Part]

  init(connection: any ServiceConnection, configuration: WorkerConfiguration, code: any ActivityCode) {
    let threads = ActivityThreads()
    parts = configuration.activityQueues(hasActivities: !code.activityTypes.isEmpty).map { queue in
      let handler = ActivityHandler(
        connection: connection, configuration: configuration, queue: queue, code: code, threads: threads)
      let measures = configuration.measures
      let tags = MetricTags(taskQueue: queue.name, workerType: queue.workerType)
      let slots = TaskSlots(limit: queue.slots) { measures.set(.slotsAvailable, to: $0, tags) }
      let poller = TaskPoller(
        kind: "activity", configuration: configuration, pollers: queue.pollers, slots: slots, poll: handler.poll,
        work: handler.work)
      return Part(queue: queue, handler: handler, poller: poller)
    }
  }

  /// The slots of all queues.
  var slots: [TaskSlots] { parts.map(\.poller.slots) }

  /// Tells all activities under way to stop.
  func cancelAll() {
    for part in parts { part.handler.cancelAll() }
  }
}
