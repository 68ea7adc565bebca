import HindcastCore

/// The runtime's process: the coroutines of one run, their channels and subscriptions, stepped from outside
/// (spec/wippy.md 7.8).
///
/// It follows upstream's `engine.Process` move by move, because the order in which coroutines run decides the order of
/// commands in recorded histories.
final class LuaProcess {
  let host: ModuleHost
  let environment: LuaEnvironment
  /// Lua values that only Swift holds.
  var values: ValueStore
  /// What `process.set_options` keeps; without effect in workflows.
  var trapsLinks = false

  /// The living coroutines, in the order of their creation.
  private(set) var tasks: [LuaTask] = []
  /// How many operations are under way that some task waits for.
  private(set) var outstanding = 0
  /// What the main coroutine returned.
  private(set) var result: ProcessResult?
  var subscriptions: [String: Subscription] = [:]
  var subscriptionCount = 0
  var messages: [QueuedMessage] = []
  /// Keeps all subscriptions until the run ends; channels refer to theirs weakly.
  var owned: [Subscription] = []

  var queue = RingQueue<LuaTask>()
  private var channelQueue: [LuaTask] = []
  private var external: [LuaTask] = []
  private var upgrade: UpgradeRequest?
  private var blockedChannels = 0
  private var createdTasks = 0
  private var main: LuaTask?

  /// Makes the process of a run.
  init(host: ModuleHost, environment: LuaEnvironment) {
    self.host = host
    self.environment = environment
    values = ValueStore(machine: host.machine)
  }

  /// Pops a function and its arguments from the machine's main state and makes them the main coroutine; runs nothing.
  func start(argumentCount: Int) {
    let task = makeTask(functionAndArguments: argumentCount + 1)
    task.arguments = argumentCount
    main = task
    queue.append(task)
  }

  /// Runs every coroutine until all are blocked.
  func step(
    _ completions: [OperationCompletion], _ incoming: [QueuedMessage]
  ) throws(StepError) -> StepStatus {
    host.process = self
    for completion in completions { finish(completion) }
    if !incoming.isEmpty { messages += incoming }
    external.removeAll(keepingCapacity: true)
    repeat {
      repeat {
        flushMessages()
        try runRounds()
      } while answerSubscriptions() || !queue.isEmpty
      // Receivers that have just begun to wait may take what an earlier flush could not deliver.
      if !messages.isEmpty { flushMessages() }
    } while !queue.isEmpty

    if let request = upgrade {
      clear()
      return .upgrade(request)
    }
    if external.isEmpty && tasks.isEmpty {
      clear()
      return .done
    }
    return try status()
  }

  private func status() throws(StepError) -> StepStatus {
    var operations: [LuaTask] = []
    for task in external {
      if task.isAlive, case .operation = task.yield {
        operations.append(task)
      } else {
        queue.append(task)
      }
    }
    outstanding += operations.count
    if !operations.isEmpty { return .yield(operations) }
    if !queue.isEmpty { return .continue }
    if outstanding > 0 { return .yield([]) }
    if subscriptionCount > 0 || blockedChannels > 0 { return .idle }
    clear()
    throw .process(
      ProcessFailure(
        error: LuaErrorValue(
          kind: ErrorKind.internalError,
          message: "deadlock: all coroutines blocked with no pending operations (threads=0)"), isUncaught: true))
  }

  // MARK: Rounds

  /// Runs tasks and carries out their channel operations until only other yields are left.
  private func runRounds() throws(StepError) {
    while let task = queue.popFirst() { channelQueue.append(task) }
    repeat {
      let round = channelQueue
      channelQueue.removeAll(keepingCapacity: true)
      for task in try runRound(round) {
        switch task.yield {
        case .none: continue
        case .channel(let result):
          count(result)
          if result.isYielding { wake(result.updates) { channelQueue.append($0) } }
        default: external.append(task)
        }
      }
    } while !channelQueue.isEmpty
  }

  /// Runs each task of a round until it yields; tasks that are spawned run within the same round.
  private func runRound(_ round: [LuaTask]) throws(StepError) -> [LuaTask] {
    for task in round { queue.append(task) }
    var yielded: [LuaTask] = []
    while let task = queue.popFirst() {
      guard task.isAlive else { continue }
      switch try resume(task) {
      case .finished(let count):
        let isMain = task === main
        if isMain { takeResult(of: task, count: count) }
        remove(task)
        if isMain {
          dropTasks()
          return []
        }
      case .yielded:
        switch task.yield {
        case .spawn(let function):
          values.push(function, onto: host.machine)
          values.release(function)
          let child = makeTask(functionAndArguments: 1)
          queue.append(child)
          task.thread.push(child.thread)
          task.arguments = 1
          task.yield = .none
          queue.append(task)
        case .upgrade(var request):
          request.frames = task.thread.traceback
          // The rest of this round's yields is lost; coroutines still queued run once more before the upgrade.
          upgrade = request
          return []
        default: yielded.append(task)
        }
      }
    }
    return yielded
  }

  private enum ResumeOutcome {
    case finished(Int)
    case yielded
  }

  private func resume(_ task: LuaTask) throws(StepError) -> ResumeOutcome {
    task.yield = .none
    task.wait = .none
    host.task = task
    let count = task.arguments
    task.arguments = 0
    let outcome = task.thread.resume(arguments: count)
    host.task = nil
    switch outcome {
    case .finished(let count): return .finished(count)
    case .waiting: return .yielded
    case .yielded(let count):
      task.thread.pop(count)
      task.yield = .plain
      return .yielded
    case .failed(let fault):
      if let failure = host.client?.taskFailure(for: fault, of: task) { throw .task(failure) }
      host.failedFrames = fault.frames
      let error = LuaErrorValue(uncaught: fault, value: task.thread.object(-1, host.errors))
      clear()
      throw .process(ProcessFailure(error: error))
    }
  }

  private func takeResult(of task: LuaTask, count: Int) {
    let thread = task.thread
    let base = thread.top - count
    if count >= 2, let error = host.returnedError(thread, base + 2) {
      result = .failed(error)
    } else if count == 0 {
      result = .returned(.success(PayloadEncoding.jsonNull))
    } else {
      do throws(PayloadError) {
        result = .returned(.success(try thread.payload(base + 1, isExported: true)))
      } catch {
        result = .returned(.failure(error))
      }
    }
  }

  // MARK: Tasks

  /// Pops a function and its arguments from the machine's main state and makes a coroutine of them.
  private func makeTask(functionAndArguments count: Int) -> LuaTask {
    let thread = environment.makeThread()
    host.machine.move(count, to: thread)
    createdTasks += 1
    let task = LuaTask(thread: thread, ordinal: createdTasks)
    tasks.append(task)
    return task
  }

  private func remove(_ task: LuaTask) {
    guard task.isAlive else { return }
    task.isAlive = false
    task.yield = .none
    if let index = tasks.firstIndex(where: { $0 === task }) { tasks.remove(at: index) }
  }

  private func dropTasks() {
    for task in tasks {
      task.isAlive = false
      task.yield = .none
    }
    tasks.removeAll(keepingCapacity: true)
    queue.removeAll()
  }

  /// Ends the run: nothing of it can go on.
  func clear() {
    dropTasks()
    channelQueue.removeAll(keepingCapacity: true)
    for subscription in owned { subscription.isLive = false }
    owned.removeAll()
    subscriptions.removeAll(keepingCapacity: true)
    subscriptionCount = 0
    messages.removeAll(keepingCapacity: true)
    outstanding = 0
    upgrade = nil
    main = nil
  }

  // MARK: Completions

  /// Gives a waiting task its values and queues it.
  private func finish(_ completion: OperationCompletion) {
    let task = completion.task
    guard task.isAlive else { return }
    outstanding = max(0, outstanding - 1)
    if case .operation(let operation) = task.yield, case .stopTimer(let timer) = operation {
      // Whoever waits on the channel learns of its end before the caller goes on.
      close(timer.channel)
    }
    task.arguments = host.push(completion.outcome, onto: task.thread)
    queue.append(task)
  }

  // MARK: Channels

  /// Gives tasks what a channel operation has for them.
  func wake(_ updates: [ChannelUpdate], _ enqueue: (LuaTask) -> Void) {
    for update in updates where update.task.isAlive {
      update.task.arguments = host.push(update.wake, onto: update.task.thread, values: values)
      enqueue(update.task)
    }
    releaseReceived(updates)
  }

  /// Values that have reached a receiver are no longer kept.
  func releaseReceived(_ updates: [ChannelUpdate]) {
    for update in updates {
      if case .received(let value, _, _) = update.wake { values.release(value) }
    }
  }

  /// Upstream's count of blocked channels, which decides between waiting and its deadlock error.
  func count(_ result: ChannelResult) {
    for channel in result.blocked {
      if channel.blockCount == 0 { blockedChannels += 1 }
      channel.blockCount += 1
    }
    for channel in result.released where channel.blockCount > 0 {
      channel.blockCount -= 1
      if channel.blockCount == 0 { blockedChannels -= 1 }
    }
  }

  /// Carries out what a delivery from outside has changed.
  func apply(_ result: ChannelResult?) {
    guard let result else { return }
    count(result)
    wake(result.updates) { queue.append($0) }
  }

  private func answerSubscriptions() -> Bool {
    var hasSubscribed = false
    var rest: [LuaTask] = []
    for task in external {
      switch task.yield {
      case .subscribe(let request):
        hasSubscribed = true
        task.arguments = answer(request, of: task)
        queue.append(task)
      case .unsubscribe(let channel):
        let isKnown = close(channel)
        task.thread.push(isKnown)
        task.arguments = 1
        if !isKnown {
          host.push(.notFound("channel not found"), onto: task.thread)
          task.arguments = 2
        }
        queue.append(task)
      default: rest.append(task)
      }
    }
    external = rest
    return hasSubscribed
  }
}

/// How the main coroutine ended.
enum ProcessResult {
  /// It returned a value, encoded; or a value that cannot be.
  case returned(Result<EncodedPayload, PayloadError>)
  /// It returned an error as its second value.
  case failed(LuaErrorValue)
}

/// Why a step did not come to its end.
enum StepError: Error {
  /// The workflow fails.
  case process(ProcessFailure)
  /// The workflow task fails.
  case task(TaskFailure)
}
