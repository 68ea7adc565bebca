import HindcastCore

/// A group of activities that all run on one worker, as sdk-go has them: the worker keeps files or the like between them.
///
/// ```swift
/// let session = try await context.createSession(SessionOptions(executionTimeout: .seconds(3600), creationTimeout: .seconds(60)))
/// let path: String = try await session.context.executeActivity("Download", url, options: .startToClose(.seconds(60)))
/// try await session.context.executeActivity("Process", path, options: .startToClose(.seconds(60)))
/// try await session.complete()
/// ```
public struct WorkflowSession: Sendable {
  /// The session's id.
  public var id: String { core.id }
  /// The host whose worker has the session.
  public var hostName: String { core.hostName }
  /// A context whose activities run in the session. Its scope is cancelled when the session ends, however it ends.
  public let context: WorkflowContext

  let core: SessionCore
  /// The context that the session was created with, which goes on after it.
  let outer: WorkflowContext

  /// Whether the worker lost the session: activities in it fail with ``SessionError/failed``.
  public var hasFailed: Bool { outer.host.read(false) { _ in core.phase == .failed } }

  /// Ends the session and what still runs in it, and lets the worker take another one. Does nothing when it has ended.
  public func complete(file: String = #fileID, line: Int = #line) async throws {
    guard outer.host.read(false, { _ in core.phase == .open }) else { return }
    context.scope.cancel(file: file, line: line)
    // The worker learns of the cancellation with its next heartbeat only; this tells it at once.
    let options = ActivityOptions(
      taskQueue: core.taskQueue, scheduleToStartTimeout: .seconds(3), startToCloseTimeout: .seconds(3))
    do {
      try await outer.executeActivity(SessionCore.completionActivity, id, options: options, file: file, line: line)
    } catch let error as WorkflowEvicted {
      throw error
    } catch {
      outer.logger.warn("Complete session activity failed", ["Error": error])
    }
    outer.host.read(()) { _ in core.phase = .closed }
  }
}

/// How a session is created.
public struct SessionOptions: Sendable, Hashable {
  /// The longest time that the session may take in all.
  public var executionTimeout: Duration
  /// The longest time until a worker takes the session.
  public var creationTimeout: Duration
  /// How long after the worker's last heartbeat the session counts as failed.
  public var heartbeatTimeout: Duration

  /// Makes options.
  public init(executionTimeout: Duration, creationTimeout: Duration, heartbeatTimeout: Duration = .seconds(20)) {
    self.executionTimeout = executionTimeout
    self.creationTimeout = creationTimeout
    self.heartbeatTimeout = heartbeatTimeout
  }
}

/// What is wrong with a session.
public enum SessionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The context belongs to a session that is still open.
  case existsAlready
  /// The worker ended the session before it told where its activities run.
  case endedEarly
  /// The worker lost the session.
  case failed

  /// What is wrong, in sdk-go's words where it has some.
  public var description: String {
    switch self {
    case .existsAlready: "found existing open session in the context"
    case .endedEarly: "the session ended before it was created"
    case .failed: "session has failed"
    }
  }
}

/// What all contexts of a session share.
final class SessionCore: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.

  static let creationActivity = "internalSessionCreationActivity"
  static let completionActivity = "internalSessionCompletionActivity"

  enum Phase { case open, failed, closed }

  /// What the worker signals when it has opened the session.
  struct Response: Decodable, Sendable {
    var taskQueue: String
    var hostName: String

    private enum CodingKeys: String, CodingKey {
      case taskQueue = "Taskqueue"
      case hostName = "HostName"
    }
  }

  let id: String
  let taskQueue: String
  let hostName: String
  var phase = Phase.open

  init(id: String, _ response: Response) {
    self.id = id
    taskQueue = response.taskQueue
    hostName = response.hostName
  }
}
