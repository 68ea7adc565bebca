internal import HindcastCalls
internal import HindcastHistory
private import SwiftProtobuf
private import Synchronization
private import TemporalAPI
private import TemporalServiceAPI

/// Takes the activity tasks of one queue from the poll to the answer.
final class ActivityHandler: Sendable {
  private let connection: any ServiceConnection
  private let configuration: WorkerConfiguration
  private let queue: ActivityQueue
  private let code: any ActivityCode
  private let types: [String]
  private let threads: ActivityThreads
  private let limiter: RateLimiter?
  private let sessions: SessionActivities?
  /// The activities under way, for stopping them.
  private let running = Mutex<[ObjectIdentifier: ActivityContext]>([:])

  init(
    connection: any ServiceConnection, configuration: WorkerConfiguration, queue: ActivityQueue,
    code: any ActivityCode, threads: ActivityThreads
  ) {
    var configuration = configuration
    if !queue.isVersioned { configuration.versioning = nil }
    self.connection = connection
    self.configuration = configuration
    self.queue = queue
    self.code = code
    self.threads = threads
    types = code.activityTypes
    limiter = configuration.activitiesPerSecond.map { RateLimiter(perSecond: $0, clock: configuration.clock) }
    sessions = queue.sessions.map {
      SessionActivities(host: $0, connection: connection, configuration: configuration)
    }
  }

  /// Waits for a task, and until it may begin; `nil` when the service had none.
  func poll() async throws -> ActivityTask? {
    if case .sessionCreation(let host) = queue.role {
      await host.untilFree()
      try Task.checkCancellation()
    }
    let polled = try await connection.call(
      WorkflowService.pollActivityTaskQueue,
      .with {
        $0.namespace = configuration.namespace
        $0.taskQueue.name = queue.name
        $0.taskQueue.kind = .normal
        $0.identity = configuration.identity
        $0.workerInstanceKey = configuration.instanceKey
        if let limit = configuration.taskQueueActivitiesPerSecond {
          $0.taskQueueMetadata.maxTasksPerSecond = Google_Protobuf_DoubleValue(limit)
        }
        if let version = configuration.versioning {
          $0.workerVersionCapabilities = version.capabilities
          $0.deploymentOptions = version.deploymentOptions
        }
      })
    guard !polled.taskToken.isEmpty else {
      measures.count(.activityPollNoTask, MetricTags(taskQueue: queue.name, workerType: queue.workerType))
      return nil
    }
    // The poller holds the one task until its turn: more that were taken in advance would wait with their timeouts running.
    // A worker that stops begins it early, for no other worker would get it before it times out.
    await limiter?.wait()
    let task = ActivityTask(polled: polled, taskQueue: queue.name)
    measures.record(
      .activityScheduleToStartLatency, Duration(from: polled.currentAttemptScheduledTime, to: polled.startedTime),
      tags(of: task))
    return task
  }

  /// Waits until an activity may begin that comes without a poll; no longer than until the calling task is cancelled.
  func waitForTurn() async { await limiter?.wait() }

  /// Works an activity that came without a poll.
  func work(eagerly polled: ActivityTask.Polled) async {
    await work(ActivityTask(polled: polled, taskQueue: queue.name))
  }

  /// Runs an activity and answers its task.
  func work(_ task: ActivityTask) async {
    measures.add(1, to: .slotsUsed, MetricTags(taskQueue: queue.name, workerType: queue.workerType))
    defer { measures.add(-1, to: .slotsUsed, MetricTags(taskQueue: queue.name, workerType: queue.workerType)) }
    let start = measures.start()
    let target = CancelTarget()
    let heartbeats = Heartbeats(interval: heartbeatInterval(of: task), clock: configuration.clock) {
      [weak self] details in
      await self?.sendHeartbeat(task, details, to: target)
    }
    let activity = ActivityContext(
      info: task.info, input: task.input, header: task.header, log: configuration.log
    ) { heartbeats.report($0) }
    target.set(activity)

    running.withLock { $0[ObjectIdentifier(activity)] = activity }
    let outcome = await run(activity) { [weak self] in await self?.sendHeartbeat(task, nil, to: target) }
    _ = running.withLock { $0.removeValue(forKey: ObjectIdentifier(activity)) }
    let unsent = heartbeats.close()
    measure(task, outcome, wasCancelled: activity.cancellation != nil, since: start)
    do {
      try await respond(to: task, outcome, wasCancelled: activity.cancellation != nil, unsentDetails: unsent)
    } catch let error as ServiceError where error.code == .notFound {
      // The activity was timed out or its workflow is over: nobody waits for the answer.
      log(.debug, "an activity was answered too late", task, ["error": "\(error)"])
    } catch {
      log(.error, "an activity could not be answered", task, ["error": "\(error)"])
      await reportRefusal(of: task, error)
    }
  }

  /// Tells the server that it did not take the answer, which may have been too large: else the activity would look as if it
  /// ran until it times out.
  private func reportRefusal(of task: ActivityTask, _ error: any Error) async {
    let failure = Failure.with {
      $0.message = "the server did not take the activity's answer: \(error)"
      $0.source = "hindcast"
      $0.applicationFailureInfo.type = "AnswerRefused"
    }
    try? await respond(to: task, .failure(.failed(failure)), wasCancelled: false, unsentDetails: nil)
  }

  /// Tells all activities under way to stop.
  func cancelAll() {
    for activity in running.withLock({ Array($0.values) }) { activity.cancel(.workerStopped) }
  }

  // MARK: Measuring

  private var measures: WorkerMetrics { configuration.measures }

  private func tags(of task: ActivityTask) -> MetricTags {
    MetricTags(
      taskQueue: queue.name, workerType: queue.workerType, workflowType: task.polled.workflowType.name,
      activityType: task.polled.activityType.name)
  }

  private func measure(
    _ task: ActivityTask, _ outcome: Result<Payloads?, ActivityError>, wasCancelled: Bool,
    since start: ContinuousClock.Instant?
  ) {
    guard let start else { return }
    let time = ContinuousClock.now - start
    measures.record(.activityExecutionLatency, time, tags(of: task))
    switch outcome {
    case .success:
      // Begins with the server's clock and goes on with ours, so that clocks that differ do not matter.
      let before = Duration(from: task.polled.scheduledTime, to: task.polled.startedTime)
      measures.record(.activitySucceedEndToEndLatency, before + time, tags(of: task))
    case .failure(.canceled) where wasCancelled: break
    case .failure: measures.count(.activityExecutionFailed, tags(of: task))
    }
  }

  // MARK: Running

  private func run(
    _ activity: ActivityContext, beat: @escaping @Sendable () async -> Void
  ) async -> Result<Payloads?, ActivityError> {
    if let result = await sessions?.run(activity, beat: beat) { return result }
    guard types.contains(activity.info.type) else {
      measures.count(
        .unregisteredActivityInvocation,
        MetricTags(
          taskQueue: queue.name, workerType: queue.workerType, workflowType: activity.info.workflowType,
          activityType: activity.info.type))
      return .failure(.failed(.activityNotRegistered(activity.info.type, supported: types)))
    }
    // Activities block, and the threads that `async` functions share are few.
    return await threads.run { [code] in Result { () throws(ActivityError) in try code.run(activity) } }
  }

  // MARK: Heartbeats

  /// As the Go SDK reckons it: most of the timeout, so that one lost heartbeat does not matter.
  private func heartbeatInterval(of task: ActivityTask) -> Duration {
    let timeout = Duration(task.polled.heartbeatTimeout)
    let interval = timeout > .zero ? timeout * 0.8 : configuration.defaultHeartbeatInterval
    return min(interval, configuration.maximumHeartbeatInterval)
  }

  private func sendHeartbeat(_ task: ActivityTask, _ details: Payloads?, to target: CancelTarget) async {
    do {
      let answer = try await connection.call(
        WorkflowService.recordActivityTaskHeartbeat, task.heartbeat(details, by: configuration))
      if let reason = ActivityCancellation(answer) { target.cancel(reason) }
    } catch let error as ServiceError where error.code == .notFound {
      // The workflow is over, or the activity timed out: as good as a request.
      target.cancel(.requested)
    } catch is CancellationError {
      // The activity has ended.
    } catch {
      log(.warning, "a heartbeat failed", task, ["error": "\(error)"])
    }
  }

  // MARK: Answers

  private func respond(
    to task: ActivityTask, _ outcome: Result<Payloads?, ActivityError>, wasCancelled: Bool, unsentDetails: Payloads?
  ) async throws {
    switch outcome {
    case .success(let result):
      _ = try await connection.call(
        WorkflowService.respondActivityTaskCompleted, task.completed(with: result, by: configuration))
    case .failure(.canceled(let details)) where wasCancelled:
      _ = try await connection.call(
        WorkflowService.respondActivityTaskCanceled, task.canceled(with: details, by: configuration))
    case .failure(let error):
      let failure = error.failure
      log(.warning, "an activity failed", task, ["error": failure.message])
      _ = try await connection.call(
        WorkflowService.respondActivityTaskFailed,
        task.failed(with: failure, unsentDetails: unsentDetails, by: configuration))
    }
  }

  private func log(
    _ level: WorkerLogLine.Level, _ message: String, _ task: ActivityTask, _ fields: KeyValuePairs<String, String>
  ) {
    configuration.log(
      WorkerLogLine(level, message, fields.map { .init($0.key, $0.value) } + task.info.logFields))
  }
}

/// Ties heartbeats to the activity that sends them, without keeping it alive.
private final class CancelTarget: Sendable {
  private struct Reference: Sendable {
    weak var activity: ActivityContext?
  }

  private let reference = Mutex(Reference())

  func set(_ activity: ActivityContext) {
    reference.withLock { $0.activity = activity }
  }

  func cancel(_ reason: ActivityCancellation) {
    reference.withLock { $0.activity }?.cancel(reason)
  }
}
