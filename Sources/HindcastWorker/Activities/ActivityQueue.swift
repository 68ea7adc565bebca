/// A task queue that a worker takes activities from.
struct ActivityQueue: Sendable {
  /// What comes from it.
  enum Role: Sendable {
    /// The activities of workflows.
    case activities
    /// The activities that open sessions; any worker that accepts sessions takes them.
    case sessionCreation(SessionHost)
    /// The activities of the sessions that are open on this worker, and those that close them.
    case sessions(SessionHost)
  }

  var name: String
  var role: Role
  /// How many polls wait at the same time.
  var pollers: Int
  /// How many activities run at once.
  var slots: Int

  /// Whether the server is told which deployment version polls it: a queue that only this worker polls has no versions.
  var isVersioned: Bool {
    if case .sessions = role { false } else { true }
  }

  /// What metrics call those that work on it.
  var workerType: String { sessions == nil ? "ActivityWorker" : "SessionWorker" }

  /// The sessions that its activities belong to.
  var sessions: SessionHost? {
    switch role {
    case .activities: nil
    case .sessionCreation(let host), .sessions(let host): host
    }
  }
}

extension WorkerConfiguration {
  /// The queues that a worker with these numbers takes activities from.
  ///
  /// - Parameter hasActivities: Whether it has any: sessions without activities are good for nothing.
  func activityQueues(hasActivities: Bool) -> [ActivityQueue] {
    var queues = [
      ActivityQueue(
        name: taskQueue, role: .activities, pollers: activityTaskPollers, slots: maximumConcurrentActivities)
    ]
    if acceptsSessions, hasActivities {
      let host = SessionHost(limit: maximumConcurrentSessions)
      queues += [
        ActivityQueue(
          name: SessionHost.creationQueue(of: taskQueue), role: .sessionCreation(host), pollers: 1,
          slots: maximumConcurrentSessions),
        ActivityQueue(
          name: host.taskQueue, role: .sessions(host), pollers: activityTaskPollers,
          slots: maximumConcurrentActivities),
      ]
    }
    return queues
  }
}
