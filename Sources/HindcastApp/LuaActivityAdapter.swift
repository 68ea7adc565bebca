internal import HindcastCore
package import HindcastHTTP
package import HindcastHistory
package import HindcastLua
package import HindcastWorker
private import Synchronization
internal import TemporalAPI

/// The activities of an app that one worker has, as workers run them.
package struct LuaActivityAdapter: ActivityCode {
  /// What activities get of the world.
  package struct World: Sendable {
    /// Sends their HTTP requests; nil: nothing does.
    package var http: (any HTTPExchange)?
    /// Whether activities with a heartbeat timeout report by themselves that they are alive, and so learn that they are
    /// cancelled. Wippy's runtime gives Lua no heartbeats: there such an activity has to end within its heartbeat timeout.
    package var heartbeats = true
    /// Whether random values differ from run to run; else they follow from the activity's run, id and attempt.
    package var usesSystemRandomness = true

    package init() {}
  }

  package let activityTypes: [String]

  private let activities: LuaActivities
  private let processes: AppProcesses
  private let world: World

  package init(_ activities: LuaActivities, types: [String], processes: AppProcesses, world: World = World()) {
    self.activities = activities
    self.processes = processes
    self.world = world
    activityTypes = types.sorted()
  }

  package func run(_ activity: ActivityContext) throws(ActivityError) -> Payloads? {
    let heartbeats =
      world.heartbeats && activity.info.heartbeatTimeout > .zero ? AutomaticHeartbeats(of: activity) : nil
    heartbeats?.start()
    defer { heartbeats?.stop() }
    var context = LuaActivities.Context(of: activity, in: world, reaching: processes)
    if let heartbeats {
      context.sleep = { heartbeats.sleep(.nanoseconds($0)) }
      context.wait = { heartbeats.wait($0.map(Duration.nanoseconds)) }
    }
    do {
      return try activities.run(activity.info.type, input: activity.input, header: activity.header, context: context)
    } catch {
      // Where the server asked for it, an activity that was stopped counts as cancelled; where the worker ends, say, it
      // failed, and another worker tries again.
      if error.isStop, activity.cancellation == .requested { throw .canceled(details: nil) }
      throw .failed(error.failure)
    }
  }
}

extension LuaActivities.Context {
  /// What the code of an activity, a function or a process may ask of its surroundings.
  init(
    of activity: ActivityContext, in world: LuaActivityAdapter.World, reaching processes: any ProcessHost
  ) {
    self.init(
      now: { WorkflowTime(unixNanoseconds: activity.now) }, sleep: { activity.wait(.nanoseconds($0)) == nil },
      log: { activity.log(WorkerLogLine($0)) })
    self.processes = processes
    wait = { activity.waitUntilWoken(for: $0.map(Duration.nanoseconds)) == nil }
    wake = { activity.wakeUp() }
    isStopped = { activity.cancellation != nil }
    timePassesByItself = !activity.hasTimeOfItsOwn
    if !world.usesSystemRandomness {
      let info = activity.info
      randomSeed = "\(info.execution.runID)/\(info.activityID)/\(info.attempt)"
    }
  }
}

/// Tells the server that an activity is alive while its code runs or waits.
private final class AutomaticHeartbeats: Sendable {
  private let activity: ActivityContext
  private let interval: Duration
  private let beating = Mutex<Task<Void, Never>?>(nil)

  init(of activity: ActivityContext) {
    self.activity = activity
    // Well within the timeout, and more often than they are sent: the worker thins them out.
    interval = activity.info.heartbeatTimeout * 0.4
  }

  /// Begins to report: by itself where time passes by itself, else only while the activity waits.
  func start() {
    activity.heartbeat()
    guard !activity.hasTimeOfItsOwn else { return }
    let task = Task { [activity, interval] in
      while !Task.isCancelled {
        // A cancelled sleep ends early, and so does the loop.
        try? await Task.sleep(for: interval)
        if !Task.isCancelled { activity.heartbeat() }
      }
    }
    beating.withLock { $0 = task }
  }

  func stop() { beating.withLock { $0 }?.cancel() }

  /// Waits until the activity is woken, or so long; false where it is to stop. It may end early.
  func wait(_ duration: Duration?) -> Bool {
    guard activity.hasTimeOfItsOwn else { return activity.waitUntilWoken(for: duration) == nil }
    if activity.waitUntilWoken(for: min(duration ?? interval, interval)) != nil { return false }
    activity.heartbeat()
    return true
  }

  /// Waits; false where the activity is to stop.
  func sleep(_ duration: Duration) -> Bool {
    guard activity.hasTimeOfItsOwn else { return activity.wait(duration) == nil }
    var remaining = duration
    while remaining > interval {
      if activity.wait(interval) != nil { return false }
      activity.heartbeat()
      remaining -= interval
    }
    return activity.wait(remaining) == nil
  }
}
