private import Synchronization
private import TemporalAPI
internal import TemporalServiceAPI

/// Activities that come with the answer to the workflow task that schedules them: on the worker's own queue, as long as it has
/// room for them (sdk-go's `eagerActivityExecutor`).
final class EagerActivities: Sendable {
  typealias Request = Temporal_Api_Workflowservice_V1_RespondWorkflowTaskCompletedRequest
  typealias Polled = Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse

  /// How many one workflow task may ask for.
  private static let mostPerTask = 3

  private let taskQueue: String
  private let limit: Int
  private let slots: TaskSlots
  private let turn: @Sendable () async -> Void
  private let work: @Sendable (Polled) async -> Void
  private let held = Mutex(0)
  private let turns = Mutex(Turns())

  /// Activities that wait until they may begin.
  private struct Turns {
    var waiting: [Int: Task<Void, Never>] = [:]
    var last = 0
    var isOver = false
  }

  /// - Parameters:
  ///   - configuration: Says whether there are eager activities, and how many.
  ///   - slots: Those of the worker's activities.
  ///   - turn: Waits until an activity may begin; no longer than until it is cancelled.
  ///   - work: Works an activity to its end, answer included.
  init?(
    _ configuration: WorkerConfiguration, slots: TaskSlots, turn: @escaping @Sendable () async -> Void,
    work: @escaping @Sendable (Polled) async -> Void
  ) {
    // The server does not count eager activities against a queue's rate.
    guard !configuration.disablesEagerActivities, configuration.taskQueueActivitiesPerSecond == nil else { return nil }
    taskQueue = configuration.taskQueue
    limit = configuration.maximumConcurrentEagerActivities ?? .max
    self.slots = slots
    self.turn = turn
    self.work = work
  }

  /// Takes a slot for each activity of an answer that may come back at once, and sees to it that the server gives no other.
  ///
  /// - Parameter activities: `nil`: none may.
  /// - Returns: How many slots were taken.
  static func reserve(_ activities: EagerActivities?, in request: inout Request) async -> Int {
    var reserved = 0
    for index in request.commands.indices {
      guard case .scheduleActivityTaskCommandAttributes(var activity)? = request.commands[index].attributes,
        activity.requestEagerExecution
      else { continue }
      if let activities, activity.taskQueue.name == activities.taskQueue, reserved < mostPerTask,
        await activities.take()
      {
        reserved += 1
      } else {
        activity.requestEagerExecution = false
        request.commands[index].scheduleActivityTaskCommandAttributes = activity
      }
    }
    return reserved
  }

  /// Runs what came with the server's answer, and gives back the slots that are not needed.
  func start(_ tasks: [Polled], reserved: Int) async {
    for (number, task) in tasks.enumerated() {
      Task.detached { [self] in
        await waitForTurn()
        await work(task)
        // One that nobody asked for has no slot; it is worked all the same, because the server waits for it.
        if number < reserved { await release() }
      }
    }
    for _ in 0..<max(0, reserved - tasks.count) { await release() }
  }

  /// The worker stops: what waits for its turn begins now, for no other worker would get it before it times out.
  func hurry() {
    let waiting = turns.withLock { turns in
      turns.isOver = true
      return turns.waiting.values
    }
    for turn in waiting { turn.cancel() }
  }

  private func waitForTurn() async {
    let (number, waiting) = turns.withLock { turns in
      turns.last += 1
      let waiting = Task { await turn() }
      if turns.isOver { waiting.cancel() }
      turns.waiting[turns.last] = waiting
      return (turns.last, waiting)
    }
    await waiting.value
    turns.withLock { $0.waiting[number] = nil }
  }

  private func take() async -> Bool {
    let mayTake = held.withLock { held in
      guard held < limit else { return false }
      held += 1
      return true
    }
    guard mayTake else { return false }
    if await slots.tryTake() { return true }
    held.withLock { $0 -= 1 }
    return false
  }

  private func release() async {
    held.withLock { $0 -= 1 }
    await slots.release()
  }
}
