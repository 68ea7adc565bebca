internal import TemporalAPI
internal import TemporalServiceAPI

/// Names a task queue.
struct QueueKey: Hashable, Comparable, Sendable {
  enum Kind: Int, Sendable { case workflow = 1, activity, nexus }

  var namespace: String
  var name: String
  var kind: Kind

  static func < (left: Self, right: Self) -> Bool {
    (left.namespace, left.kind.rawValue, left.name) < (right.namespace, right.kind.rawValue, right.name)
  }
}

/// A task that waits for a worker. Whether it is still wanted shows when a worker takes it.
enum QueuedTask: Sendable, Equatable {
  /// A run's workflow task.
  case workflowTask(runID: String, stamp: Int64)
  /// An attempt of an activity.
  case activity(runID: String, scheduledEventID: Int64, stamp: Int64)
  /// A query that has a task of its own.
  case query(id: String)
  /// A request to a Nexus handler.
  case nexus(id: String)
  /// An attempt of an activity without a workflow.
  case standaloneActivity(runID: String, stamp: Int64)
}

/// A poll that waits for a task.
struct PollWaiter: Sendable {
  var call: CallID
  var identity: String
  /// The queue as the poll named it, with its kind and normal name.
  var queue: TaskQueueMessage
  /// The poll's version fields, for routing and for the started event.
  var version = WorkerVersion()
}

/// What a poll says of its worker's version.
struct WorkerVersion: Sendable, Equatable {
  var stamp: Temporal_Api_Common_V1_WorkerVersionStamp?
  var deployment: Temporal_Api_Deployment_V1_WorkerDeploymentOptions?
}

/// Tasks and polls, each in the order in which they came.
struct TaskQueues: Sendable {
  struct Queue: Sendable {
    var tasks: [QueuedTask] = []
    var polls: [PollWaiter] = []
    /// When each worker last polled, by identity.
    var pollers: [String: Int64] = [:]
    var lastPoll: Int64 = .min
  }

  private(set) var queues: [QueueKey: Queue] = [:]
  /// Queues in which a task may have met a poll.
  private var candidates: [QueueKey] = []

  struct Match: Sendable {
    var queue: QueueKey
    var task: QueuedTask
    var poll: PollWaiter
  }

  mutating func add(_ task: QueuedTask, to queue: QueueKey) {
    queues[queue, default: Queue()].tasks.append(task)
    candidates.append(queue)
  }

  /// Puts a task back that could not be handed out after all.
  mutating func putBack(_ task: QueuedTask, to queue: QueueKey) {
    queues[queue, default: Queue()].tasks.insert(task, at: 0)
  }

  mutating func add(_ poll: PollWaiter, to queue: QueueKey) {
    queues[queue, default: Queue()].polls.append(poll)
    candidates.append(queue)
  }

  /// A poll that got no task after all goes back to its place.
  mutating func putBack(_ poll: PollWaiter, to queue: QueueKey) {
    queues[queue, default: Queue()].polls.insert(poll, at: 0)
    candidates.append(queue)
  }

  mutating func notePoll(of identity: String, on queue: QueueKey, at now: Int64) {
    queues[queue, default: Queue()].pollers[identity] = now
    queues[queue]?.lastPoll = now
  }

  mutating func removePoll(_ call: CallID, from queue: QueueKey) {
    queues[queue]?.polls.removeAll { $0.call == call }
  }

  /// Whether a worker polls the queue, or did after a moment.
  func hasPoller(_ queue: QueueKey, since: Int64) -> Bool {
    guard let queue = queues[queue] else { return false }
    return !queue.polls.isEmpty || queue.lastPoll >= since
  }

  /// A task and a poll that met; both are out of the queue.
  mutating func nextMatch() -> Match? {
    while let key = candidates.last {
      if var queue = queues[key], !queue.tasks.isEmpty, !queue.polls.isEmpty {
        let match = Match(queue: key, task: queue.tasks.removeFirst(), poll: queue.polls.removeFirst())
        queues[key] = queue
        return match
      }
      candidates.removeLast()
    }
    return nil
  }
}
