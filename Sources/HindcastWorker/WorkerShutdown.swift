internal import HindcastCalls
private import SwiftProtobuf
internal import TemporalServiceAPI

/// What a worker that stops tells the server, once: the server then ends the polls that it has of the worker, so that no task
/// is handed to one that has just hung up.
actor WorkerShutdown {
  /// A queue that the worker polls.
  struct Queue: Sendable {
    var name: String
    var types: [Temporal_Api_Enums_V1_TaskQueueType]
    /// The queue of the runs that the worker keeps.
    var stickyName = ""
  }

  private let connection: any ServiceConnection
  private let configuration: WorkerConfiguration
  private let queues: [Queue]
  private var telling: Task<Void, Never>?

  init(connection: any ServiceConnection, configuration: WorkerConfiguration, queues: [Queue]) {
    self.connection = connection
    self.configuration = configuration
    self.queues = queues
  }

  /// How long a worker waits for a server that does not answer, before it goes anyway.
  private static let patience: Duration = .seconds(5)

  /// Whether the server answers the open polls of a worker that shuts down; else they are hung up.
  func endsPolls() async -> Bool {
    let answer = try? await connection.call(
      WorkflowService.describeNamespace, .with { $0.namespace = configuration.namespace })
    return answer?.namespaceInfo.capabilities.workerPollCompleteOnShutdown ?? false
  }

  /// Tells the server, unless that has been done; returns when it knows.
  func tell() async {
    if telling == nil {
      telling = Task { for queue in queues { await tell(of: queue) } }
    }
    await telling?.value
  }

  private func tell(of queue: Queue) async {
    do {
      _ = try await connection.call(
        WorkflowService.shutdownWorker,
        .with {
          $0.namespace = configuration.namespace
          $0.identity = configuration.identity
          $0.reason = "graceful shutdown"
          $0.workerInstanceKey = configuration.instanceKey
          $0.taskQueue = queue.name
          $0.taskQueueTypes = queue.types
          $0.stickyTaskQueue = queue.stickyName
        }, timeout: Self.patience)
    } catch let error as ServiceError where error.code == .unimplemented {
      // An older server finds out by itself.
    } catch {
      configuration.log(
        WorkerLogLine(
          .warning, "the server could not be told that the worker stops",
          [.init("taskQueue", queue.name), .init("error", "\(error)")]))
    }
  }
}
