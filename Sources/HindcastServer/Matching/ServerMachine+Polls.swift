internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What polls of every kind have in common (`server.md` 3.6), and the way of a task into its queue.

extension ServerMachine {
  /// How long after its last poll a sticky queue still counts as one that a worker polls.
  static let stickyWindow: Duration = .seconds(10)

  /// The shortest long poll that is taken.
  private static let shortestPoll: Duration = .seconds(2)

  // MARK: Checks

  /// - Throws: FAILED_PRECONDITION for a caller that would be gone before anything can come.
  func checkPatience(of call: Call) throws(ServiceError) {
    if let timeout = call.timeout, timeout < Self.shortestPoll {
      throw .failedPrecondition("Context timeout is too short.")
    }
  }

  /// - Throws: INVALID_ARGUMENT unless the queue has a name that clients may use.
  func check(_ queue: TaskQueueMessage?) throws(ServiceError) {
    guard let queue else { throw .invalidArgument("taskQueue is not set") }
    if let fault = queue.fault(limits) { throw .invalidArgument(fault) }
    if queue.normalName.utf8.count > limits.idBytes { throw .invalidArgument("taskQueue length exceeds limit") }
  }

  /// - Throws: INVALID_ARGUMENT for a version that a worker cannot have.
  func check(
    _ version: WorkerVersion, on queue: TaskQueueMessage?
  ) throws(ServiceError) {
    let usesVersioning = version.stamp?.useVersioning ?? false
    let buildID = version.stamp?.buildID ?? ""
    if let queue, queue.kind == .sticky, queue.normalName.isEmpty, usesVersioning || version.deployment != nil {
      throw .invalidArgument(
        "NormalName must be set on sticky queue when UseVersioning is true or DeploymentOptions are set.")
    }
    if usesVersioning, buildID.isEmpty {
      throw .invalidArgument("WorkerVersionStamp must be present if UseVersioning is true.")
    }
    if buildID.utf8.count > limits.buildIDBytes {
      throw .invalidArgument("Build ID exceeds configured limit.workerBuildIdSize, use a shorter build ID.")
    }
    guard let deployment = version.deployment, deployment.workerVersioningMode == .versioned else { return }
    if deployment.deploymentName.isEmpty || deployment.buildID.isEmpty {
      throw .invalidArgument("Deployment name and build id must be set together.")
    }
    try checkDeploymentField(deployment.deploymentName, "WorkerDeploymentName")
    try checkDeploymentField(deployment.buildID, "BuildID")
  }

  /// - Throws: INVALID_ARGUMENT for a name of a deployment, or a build id, that cannot be one.
  func checkDeploymentField(_ text: String, _ field: String) throws(ServiceError) {
    if text.isEmpty { throw .invalidArgument("\(field) cannot be empty") }
    if text.utf8.count > limits.idBytes {
      throw .invalidArgument("size of \(field) larger than the maximum allowed")
    }
    if field == "WorkerDeploymentName" {
      for delimiter in [".", ":"] where text.contains(delimiter) {
        throw .invalidArgument("worker deployment name cannot contain '\(delimiter)'")
      }
    }
    if text.hasPrefix("__") { throw .invalidArgument("\(field) cannot start with '__'") }
  }

  // MARK: Waiting

  /// Lets a poll wait at its queue, in the part for the worker's version.
  mutating func wait(_ poll: PollWaiter, kind: QueueKey.Kind, namespace: String, _ turn: inout Turn) {
    var queue = QueueKey(namespace: namespace, name: poll.queue.name, kind: kind)
    if poll.queue.kind != .sticky { queue.version = VersionKey(poll.version.deployment) }
    queues.note(poll, on: queue, at: turn.now.nanoseconds)
    if let version = queue.version { registerWorker(of: version, polling: queue, &turn) }
    waiting[poll.call] = .task(queue)
    queues.add(poll, to: queue)
  }

  /// Ends polls without news.
  mutating func endPolls(where isWanted: (QueueKey, PollWaiter) -> Bool, _ turn: inout Turn) {
    for call in queues.removePolls(where: isWanted) {
      guard let what = waiting.removeValue(forKey: call) else { continue }
      answerExpired(call, what, &turn)
    }
  }

  // MARK: Tasks

  /// Puts a task into its queue, in the part of the version that it is for.
  ///
  /// - Parameter since: From when on it has waited; from now on unless told.
  mutating func enqueue(_ dispatch: Dispatch, at now: Int64, since: Int64? = nil) {
    queues.add(dispatch.task, to: route(dispatch, at: now), at: since ?? now)
  }

  /// Where a task goes.
  private func route(_ dispatch: Dispatch, at now: Int64) -> QueueKey {
    switch dispatch.task {
    case .workflowTask(let runID, _):
      guard let execution = executions[runID] else { return dispatch.queue }
      return route(execution, at: now)
    case .activity(let runID, _, _):
      guard let execution = executions[runID] else { return dispatch.queue }
      return routeActivity(of: execution, to: dispatch.queue)
    case .query, .nexus, .standaloneActivity:
      return dispatch.queue
    }
  }

  /// Where a run's workflow task goes.
  ///
  /// A task for a worker that has not polled for a while goes to the run's normal queue, although its Scheduled event names the
  /// sticky one (`server.md` 3.5).
  private func route(_ execution: Execution, at now: Int64) -> QueueKey {
    let target = target(for: execution)
    let queue = execution.record.workflowTask.taskQueue
    guard queue.kind == .sticky, execution.staysOnSticky(for: target.version) else { return target.queue }
    let sticky = QueueKey(namespace: execution.record.namespace, name: queue.name, kind: .workflow)
    let since = now.addingClamped(-Self.stickyWindow.clampedNanoseconds)
    return queues.hasPoller(sticky, since: since) ? sticky : target.queue
  }
}
