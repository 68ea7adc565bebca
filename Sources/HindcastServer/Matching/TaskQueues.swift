internal import DequeModule
internal import TemporalAPI
internal import TemporalServiceAPI

/// Names a task queue, and of it the part for workers of one version.
struct QueueKey: Hashable, Comparable, Sendable {
  enum Kind: Int, Sendable { case workflow = 1, activity, nexus }

  var namespace: String
  var name: String
  var kind: Kind
  /// The deployment version whose workers poll this part; `nil` for workers without one.
  var version: VersionKey?

  /// The part for workers without a version.
  var unversioned: QueueKey { QueueKey(namespace: namespace, name: name, kind: kind) }

  static func < (left: Self, right: Self) -> Bool {
    if left.namespace != right.namespace { return left.namespace < right.namespace }
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    if left.name != right.name { return left.name < right.name }
    switch (left.version, right.version) {
    case (_, nil): return false
    case (nil, _?): return true
    case (let left?, let right?): return left < right
    }
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
  case nexus(NexusRequestID)
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
  /// Names the worker's process: its polls end when it shuts down.
  var workerInstanceKey = ""
  /// The worker's SDK and its version, as far as it says.
  var sdkName = ""
  var sdkVersion = ""
  /// How the task holds the run's history.
  var historyForm = HistoryForm.events
}

/// What a poll says of its worker's version.
struct WorkerVersion: Sendable, Equatable {
  var stamp: Temporal_Api_Common_V1_WorkerVersionStamp?
  var deployment: Temporal_Api_Deployment_V1_WorkerDeploymentOptions?
}

/// Tasks and polls, each in the order in which they came.
struct TaskQueues: Sendable {
  struct Queue: Sendable {
    var tasks: Deque<Entry> = []
    var polls: Deque<PollWaiter> = []
    /// Who polled last when, by identity.
    var pollers: [String: Poller] = [:]
    var lastPoll: Int64 = .min
    /// How many tasks a second its workers want at most.
    fileprivate(set) var workerRate: Double?
    /// What operators set: their rate outranks that of the workers.
    fileprivate(set) var config = TaskQueueConfig()
    /// How many tasks a second it hands out.
    fileprivate(set) var rate: TaskRate?

    /// The rate that operators set; `nil` for none.
    var configuredRate: Double? {
      guard config.hasQueueRateLimit, config.queueRateLimit.hasRateLimit else { return nil }
      return Double(config.queueRateLimit.rateLimit.requestsPerSecond)
    }

    /// Follows a change of what is wanted.
    ///
    /// - Returns: Whether another rate holds now.
    fileprivate mutating func refreshRate(at now: Int64) -> Bool {
      let wanted = configuredRate ?? workerRate
      if rate?.perSecond == wanted { return false }
      rate = wanted.map { TaskRate(perSecond: $0, at: now) }
      return true
    }

    /// - Returns: Whether that is worth storing: nobody wants a write for each poll.
    fileprivate mutating func note(_ poll: PollWaiter, at now: Int64) -> Bool {
      let before = pollers[poll.identity]
      let isNews =
        before?.version != poll.version
        || now.addingClamped(-TaskQueues.storingInterval.clampedNanoseconds) >= before?.stored ?? .min
      lastPoll = now
      pollers[poll.identity] = Poller(
        lastPoll: now, version: poll.version, stored: isNews ? now : before?.stored ?? now)
      forgetOldPollers(at: now)
      return isNews
    }

    private mutating func forgetOldPollers(at now: Int64) {
      guard pollers.count > TaskQueues.manyPollers else { return }
      let since = now.addingClamped(-TaskQueues.pollerWindow.clampedNanoseconds)
      pollers = pollers.filter { $0.value.lastPoll >= since }
    }
  }

  /// How long after its last poll a worker still counts as one.
  static let pollerWindow: Duration = .seconds(5 * 60)
  /// How far behind the stored time of a worker's last poll may be.
  private static let storingInterval: Duration = .seconds(60)
  /// Workers of a queue from which on those that are long gone are forgotten.
  private static let manyPollers = 200

  struct Entry: Sendable {
    var task: QueuedTask
    /// When it was put in.
    var time: Int64
  }

  struct Poller: Sendable {
    var lastPoll: Int64
    var version = WorkerVersion()
    /// The time of the last poll as it is stored.
    var stored: Int64
  }

  /// A task and a poll that met.
  struct Match: Sendable {
    var queue: QueueKey
    var task: QueuedTask
    var poll: PollWaiter
  }

  private var queues: [QueueKey: Queue] = [:]
  /// Queues in which a task may have met a poll.
  private var candidates: Deque<QueueKey> = []
  /// Queues that were found to be faster than they may.
  private var throttled: [(queue: QueueKey, due: Int64)] = []
  /// Queues of which something is new that is to be stored.
  private var unstored: [QueueKey] = []

  subscript(key: QueueKey) -> Queue? { queues[key] }

  /// The queues that anything is known of, in order.
  var keys: [QueueKey] { queues.keys.sorted() }

  // MARK: Tasks

  mutating func add(_ task: QueuedTask, to queue: QueueKey, at now: Int64) {
    queues[queue, default: Queue()].tasks.append(Entry(task: task, time: now))
    candidates.append(queue)
  }

  /// Takes all tasks out of a queue: they belong elsewhere now.
  mutating func takeTasks(of queue: QueueKey) -> Deque<Entry> {
    guard let index = queues.index(forKey: queue) else { return [] }
    defer { queues.values[index].tasks = [] }
    return queues.values[index].tasks
  }

  // MARK: Polls

  mutating func add(_ poll: PollWaiter, to queue: QueueKey) {
    queues[queue, default: Queue()].polls.append(poll)
    candidates.append(queue)
  }

  /// A poll that got no task after all goes back to its place.
  mutating func putBack(_ poll: PollWaiter, to queue: QueueKey) {
    queues[queue, default: Queue()].polls.prepend(poll)
    candidates.append(queue)
  }

  /// Remembers that a worker began to poll a queue, or stopped.
  mutating func note(_ poll: PollWaiter, on queue: QueueKey, at now: Int64) {
    let isNews = queues[queue, default: Queue()].note(poll, at: now)
    // Sticky queues are named by their worker's process: nobody polls them again after it.
    if isNews, poll.queue.kind != .sticky { unstored.append(queue.unversioned) }
  }

  /// Remembers that a worker, which waits at the queue, stops to.
  mutating func noteEnd(of call: CallID, on queue: QueueKey, at now: Int64) {
    guard let poll = queues[queue]?.polls.first(where: { $0.call == call }) else { return }
    note(poll, on: queue, at: now)
  }

  mutating func removePoll(_ call: CallID, from queue: QueueKey) {
    guard let index = queues.index(forKey: queue) else { return }
    queues.values[index].polls.removeAll { $0.call == call }
  }

  /// Takes out the polls of a worker that shuts down, and forgets that it polled.
  ///
  /// - Returns: The calls, in order of the queues and in each as they came.
  mutating func removePolls(where isWanted: (QueueKey, PollWaiter) -> Bool) -> [CallID] {
    var calls: [CallID] = []
    for key in keys {
      guard let index = queues.index(forKey: key) else { continue }
      let ended = queues.values[index].polls.filter { isWanted(key, $0) }
      if ended.isEmpty { continue }
      queues.values[index].polls.removeAll { isWanted(key, $0) }
      calls += ended.map(\.call)
    }
    return calls
  }

  /// A queue whose worker is gone: it counts as one that nobody polls.
  mutating func forgetPollers(of queue: QueueKey) {
    guard let index = queues.index(forKey: queue) else { return }
    queues.values[index].pollers = [:]
    queues.values[index].lastPoll = .min
    if queues.values[index].tasks.isEmpty, queues.values[index].polls.isEmpty { queues[queue] = nil }
  }

  /// Whether a worker polls the queue, or did after a moment.
  func hasPoller(_ queue: QueueKey, since: Int64) -> Bool {
    guard let queue = queues[queue] else { return false }
    return !queue.polls.isEmpty || queue.lastPoll >= since
  }

  // MARK: Rates

  /// Sets how many tasks a second the workers of a queue want, all its versions together.
  mutating func limit(_ queue: QueueKey, to perSecond: Double, at now: Int64) {
    if queues[queue]?.workerRate == perSecond { return }
    queues[queue, default: Queue()].workerRate = perSecond
    noteRate(of: queue, at: now)
  }

  /// Sets what operators want of a queue.
  mutating func configure(_ queue: QueueKey, as config: TaskQueueConfig, at now: Int64) {
    queues[queue, default: Queue()].config = config
    noteRate(of: queue, at: now)
  }

  private mutating func noteRate(of queue: QueueKey, at now: Int64) {
    unstored.append(queue)
    if queues[queue]?.refreshRate(at: now) == true { wake(queue) }
  }

  /// Looks at a queue again.
  mutating func wake(_ queue: QueueKey) {
    candidates.append(queue)
    for key in keys where key.version != nil && key.unversioned == queue { candidates.append(key) }
  }

  /// The queues that have a task and a poll but must wait, with the moments until which they must.
  mutating func takeThrottled() -> [(queue: QueueKey, due: Int64)] {
    defer { throttled = [] }
    return throttled
  }

  private mutating func takeToken(of key: QueueKey, at now: Int64) -> Bool {
    guard key.kind == .activity, let index = queues.index(forKey: key.unversioned), queues.values[index].rate != nil
    else { return true }
    guard let due = queues.values[index].rate?.take(at: now) else { return true }
    if due != .max { throttled.append((key.unversioned, due)) }
    return false
  }

  // MARK: Storing

  /// The queues of which something is new that is to be stored.
  mutating func takeUnstored() -> [QueueKey] {
    if unstored.isEmpty { return [] }
    defer { unstored = [] }
    return Set(unstored).sorted()
  }

  /// Sets the rates of a queue as they were stored. They begin anew, as if no task had been handed out lately.
  mutating func restore(workerRate: Double?, config: TaskQueueConfig, of queue: QueueKey) {
    var restored = queues[queue] ?? Queue()
    restored.workerRate = workerRate
    restored.config = config
    _ = restored.refreshRate(at: 0)
    queues[queue] = restored
  }

  /// Remembers who polled a queue, as it was stored.
  mutating func restore(_ poller: Poller, _ identity: String, of part: QueueKey) {
    var queue = queues[part] ?? Queue()
    queue.pollers[identity] = poller
    queue.lastPoll = max(queue.lastPoll, poller.lastPoll)
    queues[part] = queue
  }

  /// Forgets the queues of a namespace.
  ///
  /// - Returns: Those that something may be stored of.
  mutating func removeAll(in namespace: String) -> [QueueKey] {
    let removed = keys.filter { $0.namespace == namespace }
    for key in removed { queues[key] = nil }
    unstored.removeAll { $0.namespace == namespace }
    return Set(removed.map(\.unversioned)).sorted()
  }

  // MARK: Matching

  /// A task and a poll that met; both are out of the queue.
  mutating func nextMatch(at now: Int64) -> Match? {
    while let key = candidates.first {
      if let index = queues.index(forKey: key), !queues.values[index].polls.isEmpty,
        !queues.values[index].tasks.isEmpty, takeToken(of: key, at: now),
        let entry = queues.values[index].tasks.popFirst(), let poll = queues.values[index].polls.popFirst()
      {
        return Match(queue: key, task: entry.task, poll: poll)
      }
      candidates.removeFirst()
    }
    return nil
  }
}
