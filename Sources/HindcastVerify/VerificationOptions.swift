import Foundation

/// What is verified, and how long workers have.
public struct VerificationOptions: Sendable {
  /// The task queue whose worker replays.
  public var taskQueue: String
  /// The namespace that this worker polls.
  public var namespace: String
  /// How long to wait for a worker while none polls and none has a history.
  public var workerTimeout: Duration = .seconds(60)
  /// How long a worker has for one history.
  public var historyTimeout: Duration = .seconds(60)
  /// Histories that are looked at ahead of the first one without a verdict, at least 1.
  public var lookAhead = 256
  /// How many bytes of events go into one answer; the rest is fetched page by page.
  public var pageSize = 1 << 20

  /// Makes the run ID for a history that was served under its own before.
  public var makeRunID: @Sendable () -> String = { UUID().uuidString.lowercased() }

  /// The usual times.
  public init(taskQueue: String, namespace: String = "default") {
    self.taskQueue = taskQueue
    self.namespace = namespace
  }
}
