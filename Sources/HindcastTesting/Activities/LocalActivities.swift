internal import HindcastCore
internal import HindcastHistory
internal import HindcastWorker
internal import TemporalAPI

/// The local activities of a test environment, and the workflow tasks that wait for them. Times are those of its clock.
struct LocalActivities {
  /// A task that is not answered yet.
  struct OpenTask {
    var task: WorkflowTask
    var worker: WorkerConfiguration
    /// When the workflow's time was set last.
    var lastTime: Int64
    /// When it is to be prolonged.
    var due: Int64
  }

  /// An activity that has no result yet.
  struct Activity {
    var runID: String
    var request: LocalActivityRequest
    var attempt: Int32
    /// When the task asked for it.
    var start: Int64
    /// Its number on the stage, while an attempt is under way.
    var number: Int?
    /// When the attempt times out, or the next one begins.
    var due: Int64?
    /// What it counts as when that time has come.
    var timeout: Temporal_Api_Enums_V1_TimeoutType = .startToClose
    /// A pause that is longer takes a timer.
    var longestPause: Duration
    /// How it came out, while no task is open that could take it.
    var outcome: LocalActivityOutcome?

    /// How much time is left for all attempts; `nil`: it is not limited.
    func remaining(at now: Int64) -> Duration? {
      guard request.scheduleToCloseTimeout > .zero else { return nil }
      return request.scheduleToCloseTimeout - request.age - .nanoseconds(now - start)
    }
  }

  private(set) var tasks: [String: OpenTask] = [:]
  /// In the order in which they were asked for.
  private(set) var activities: [Activity] = []

  /// The earliest time at which something is to be done.
  var nextDue: Int64? {
    (tasks.values.map(\.due) + activities.compactMap(\.due)).min()
  }

  // MARK: Tasks

  mutating func open(_ task: OpenTask) { tasks[task.task.runID] = task }

  mutating func close(_ runID: String) { tasks[runID] = nil }

  /// Notes that the workflow's time is set now.
  ///
  /// - Returns: The time that has passed since it was set last.
  mutating func setTime(of runID: String, to now: Int64) -> Duration {
    let last = tasks[runID]?.lastTime ?? now
    tasks[runID]?.lastTime = now
    return .nanoseconds(now - last)
  }

  /// A task that has taken too long; the one with the first run id of several.
  func oldTask(at now: Int64) -> OpenTask? {
    tasks.filter { $0.value.due <= now }.min { $0.key < $1.key }?.value
  }

  // MARK: Activities

  /// Adds an activity, or puts it back with another attempt.
  mutating func add(_ activity: Activity) {
    if let index = index(of: activity.runID, activity.request.id) {
      activities[index] = activity
    } else {
      activities.append(activity)
    }
  }

  /// Takes the activity with a number on the stage, whose attempt has ended.
  mutating func end(_ number: Int) -> Activity? {
    guard let index = activities.firstIndex(where: { $0.number == number }) else { return nil }
    activities[index].number = nil
    activities[index].due = nil
    return activities[index]
  }

  func find(_ runID: String, _ id: String) -> Activity? { index(of: runID, id).map { activities[$0] } }

  /// The first activity of a run whose outcome waits for a task.
  func waiting(of runID: String) -> Activity? { activities.first { $0.runID == runID && $0.outcome != nil } }

  /// Whatever attempt of it is under way, nobody waits for it.
  mutating func remove(_ runID: String, _ id: String) {
    if let index = index(of: runID, id) { activities.remove(at: index) }
  }

  /// Removes the activities of a run.
  mutating func removeAll(of runID: String) -> [Activity] {
    defer { activities.removeAll { $0.runID == runID } }
    return activities.filter { $0.runID == runID }
  }

  /// The first activity for which something is to be done.
  func due(at now: Int64) -> Activity? { activities.first { $0.due.map { $0 <= now } ?? false } }

  private func index(of runID: String, _ id: String) -> Int? {
    activities.firstIndex { $0.runID == runID && $0.request.id == id }
  }
}
