private import Foundation
internal import HindcastCalls
package import HindcastHistory
private import SwiftProtobuf
private import Synchronization
internal import TemporalAPI
internal import TemporalServiceAPI

/// Takes an activity task from the poll to the answer.
final class ActivityHandler: Sendable {
  typealias Polled = Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse

  private let connection: any ServiceConnection
  private let configuration: WorkerConfiguration
  private let code: any ActivityCode
  private let types: [String]
  private let threads = ActivityThreads()
  /// The activities under way, for stopping them.
  private let running = Mutex<[ObjectIdentifier: ActivityContext]>([:])

  init(connection: any ServiceConnection, configuration: WorkerConfiguration, code: any ActivityCode) {
    self.connection = connection
    self.configuration = configuration
    self.code = code
    types = code.activityTypes
  }

  /// Waits for a task; `nil` when the service had none.
  func poll() async throws -> Polled? {
    let polled = try await connection.call(
      WorkflowService.pollActivityTaskQueue,
      .with {
        $0.namespace = configuration.namespace
        $0.taskQueue.name = configuration.taskQueue
        $0.taskQueue.kind = .normal
        $0.identity = configuration.identity
        if let limit = configuration.taskQueueActivitiesPerSecond {
          $0.taskQueueMetadata.maxTasksPerSecond = Google_Protobuf_DoubleValue(limit)
        }
      })
    return polled.taskToken.isEmpty ? nil : polled
  }

  /// Runs an activity and answers its task.
  func work(_ task: Polled) async {
    let target = CancelTarget()
    let heartbeats = Heartbeats(interval: heartbeatInterval(of: task)) { [weak self] details in
      await self?.sendHeartbeat(task, details, to: target)
    }
    let activity = ActivityContext(
      info: ActivityInfo(task, taskQueue: configuration.taskQueue), input: task.hasInput ? task.input : nil,
      header: task.hasHeader ? task.header : nil, log: configuration.log
    ) { heartbeats.report($0) }
    target.set(activity)

    running.withLock { $0[ObjectIdentifier(activity)] = activity }
    let outcome = await run(activity)
    _ = running.withLock { $0.removeValue(forKey: ObjectIdentifier(activity)) }
    let unsent = heartbeats.close()
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
  private func reportRefusal(of task: Polled, _ error: any Error) async {
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

  // MARK: Running

  private func run(_ activity: ActivityContext) async -> Result<Payloads?, ActivityError> {
    guard types.contains(activity.info.type) else {
      return .failure(.failed(.activityNotRegistered(activity.info.type, supported: types)))
    }
    // Activities block, and the threads that `async` functions share are few.
    return await threads.run { [code] in Result { () throws(ActivityError) in try code.run(activity) } }
  }

  // MARK: Heartbeats

  /// As the Go SDK reckons it: most of the timeout, so that one lost heartbeat does not matter.
  private func heartbeatInterval(
    of task: Polled
  ) -> Duration {
    let timeout = Duration(task.heartbeatTimeout)
    let interval = timeout > .zero ? timeout * 0.8 : configuration.defaultHeartbeatInterval
    return min(interval, configuration.maximumHeartbeatInterval)
  }

  private func sendHeartbeat(
    _ task: Polled, _ details: Payloads?,
    to target: CancelTarget
  ) async {
    do {
      let answer = try await connection.call(
        WorkflowService.recordActivityTaskHeartbeat,
        .with {
          $0.taskToken = task.taskToken
          $0.namespace = configuration.namespace
          $0.identity = configuration.identity
          if let details { $0.details = details }
        })
      if answer.cancelRequested { target.cancel(.requested) }
      if answer.activityPaused || answer.activityReset { target.cancel(.paused) }
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
    to task: Polled, _ outcome: Result<Payloads?, ActivityError>,
    wasCancelled: Bool, unsentDetails: Payloads?
  ) async throws {
    switch outcome {
    case .success(let result):
      _ = try await connection.call(
        WorkflowService.respondActivityTaskCompleted,
        .with {
          $0.taskToken = task.taskToken
          $0.namespace = configuration.namespace
          $0.identity = configuration.identity
          if let result { $0.result = result }
        })
    case .failure(.canceled(let details)) where wasCancelled:
      _ = try await connection.call(
        WorkflowService.respondActivityTaskCanceled,
        .with {
          $0.taskToken = task.taskToken
          $0.namespace = configuration.namespace
          $0.identity = configuration.identity
          if let details { $0.details = details }
        })
    case .failure(let error):
      let failure = error.failure
      log(.warning, "an activity failed", task, ["error": failure.message])
      _ = try await connection.call(
        WorkflowService.respondActivityTaskFailed,
        .with {
          $0.taskToken = task.taskToken
          $0.namespace = configuration.namespace
          $0.identity = configuration.identity
          $0.failure = failure
          if let unsentDetails { $0.lastHeartbeatDetails = unsentDetails }
        })
    }
  }

  private func log(
    _ level: WorkerLogLine.Level, _ message: String,
    _ task: Polled, _ fields: KeyValuePairs<String, String>
  ) {
    configuration.log(
      WorkerLogLine(
        level, message,
        fields.map { .init($0.key, $0.value) } + ActivityInfo(task, taskQueue: configuration.taskQueue).logFields))
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

extension ActivityError {
  /// What the server is told. It takes no failures but those of applications.
  package var failure: Failure {
    switch self {
    case .failed(var failure):
      switch failure.failureInfo {
      case .applicationFailureInfo?: return failure
      case nil:
        failure.applicationFailureInfo = .init()
        return failure
      default:
        return .with {
          $0.message = failure.message
          $0.source = failure.source
          $0.applicationFailureInfo = .init()
          $0.cause = failure
        }
      }
    case .canceled(let details):
      // The wording of sdk-go; the server takes a cancellation only where it asked for one.
      return .with {
        $0.message = "unexpected activity cancel error: canceled"
        $0.source = "GoSDK"
        $0.applicationFailureInfo.type = "wrapError"
        $0.cause = .with {
          $0.message = "canceled"
          $0.canceledFailureInfo = .with { if let details { $0.details = details } }
        }
      }
    }
  }
}
