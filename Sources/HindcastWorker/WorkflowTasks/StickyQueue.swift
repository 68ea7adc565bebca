private import Foundation
private import SwiftProtobuf
private import Synchronization
internal import TemporalAPI
internal import TemporalServiceAPI

/// The queue of the runs that one worker keeps: the server puts their next tasks there for a while, and only what is new in
/// their histories with them.
struct StickyQueue: Sendable {
  /// Its name, which no other worker's has.
  let name: String
  /// The queue where tasks go that the worker does not take in time.
  let normalName: String
  /// How long a task waits for the worker.
  let timeout: Duration

  /// The queue of a worker; `nil` for one that keeps no runs.
  ///
  /// A worker that may have only one poll open at a time could not poll both queues, so that it has no sticky one.
  init?(_ configuration: WorkerConfiguration) {
    guard configuration.maximumCachedRuns > 0,
      min(configuration.workflowTaskPollers, configuration.maximumConcurrentWorkflowTasks) > 1
    else { return nil }
    // As sdk-go: the host, for whoever looks at queues, and something unique.
    name = "\(ProcessInfo.processInfo.hostName):\(configuration.instanceKey)"
    normalName = configuration.taskQueue
    timeout = configuration.stickyScheduleToStartTimeout
  }

  var message: Temporal_Api_Taskqueue_V1_TaskQueue {
    .with {
      $0.name = name
      $0.kind = .sticky
      $0.normalName = normalName
    }
  }

  /// What an answer says so that the run's next task comes here.
  var attributes: Temporal_Api_Taskqueue_V1_StickyExecutionAttributes {
    .with {
      $0.workerTaskQueue = message
      let (seconds, attoseconds) = timeout.components
      $0.scheduleToStartTimeout = .init(seconds: seconds, nanos: Int32(attoseconds / 1_000_000_000))
    }
  }
}

/// Divides a worker's polls between its sticky queue and the normal one, as sdk-go does: the sticky queue is preferred while
/// tasks wait there, and when it has no more polls than the other.
final class PollBalance: Sendable {
  private struct Counts {
    var sticky = 0
    var normal = 0
    var stickyBacklog: Int64 = 0
  }

  private let counts = Mutex(Counts())

  /// Begins a poll; `true` if it is to go to the sticky queue.
  func begin() -> Bool {
    counts.withLock { counts in
      let isSticky = counts.stickyBacklog > 0 || counts.sticky <= counts.normal
      if isSticky { counts.sticky += 1 } else { counts.normal += 1 }
      return isSticky
    }
  }

  /// Ends a poll.
  ///
  /// - Parameter backlog: How many tasks still wait in the queue, as the server says.
  func end(isSticky: Bool, backlog: Int64) {
    counts.withLock { counts in
      if isSticky {
        counts.sticky -= 1
        counts.stickyBacklog = backlog
      } else {
        counts.normal -= 1
      }
    }
  }
}
