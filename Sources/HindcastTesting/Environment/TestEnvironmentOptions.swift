internal import HindcastWorker

/// How a test environment runs.
public struct TestEnvironmentOptions: Sendable {
  /// When the environment's clock starts, in seconds since 1970. Always the same, so that two runs give the same history.
  public var startTime: Int64 = 1_735_689_600
  /// Decides all ids that the server makes, and what must not matter to workflow code.
  public var seed: UInt64 = 1
  /// The namespace that workflows run in.
  public var namespace = "default"
  /// Replay every workflow task from the first event on a fresh instance, and fail when it does something else.
  public var checksReexecution = true
  /// Keep the instances of runs between tasks as workers with a sticky queue do; without, every task replays its run.
  public var cachesRuns = true
  /// After how many tasks, of workflows and activities, one call gives up on a run that does not end.
  public var maximumTasks = 10_000
  /// Whether Lua activities with a heartbeat timeout report by themselves, while they sleep, that they are alive, as
  /// `hindcast worker` lets them. Wippy's own runtime never does: there such an activity times out when it takes longer than
  /// its heartbeat timeout, and never learns that it is cancelled.
  public var luaActivitiesHeartbeat = false
  /// Tasks that go wrong on purpose.
  public var faults: [Fault] = []
  /// Whether messages of Lua workflows to processes outside of workflows count as sent, as in a replay, whether there are
  /// such processes or not.
  var assumesProcesses = false
  /// Takes the log lines of workflows and activities.
  public var log: @Sendable (String) -> Void = { _ in }

  /// The defaults: 1 January 2025, seed 1, everything checked.
  public init() {}
}

extension TestEnvironmentOptions {
  /// When the clock starts, in nanoseconds since 1970.
  var startNanoseconds: Int64 {
    let start = startTime.multipliedReportingOverflow(by: 1_000_000_000)
    return start.overflow ? Int64.max / 2 : start.partialValue
  }

  /// Takes the log lines of workers.
  var workerLog: WorkerLog {
    let log = log
    return { line in
      log("\(line.level.rawValue): \(line.message)" + line.fields.map { " \($0.name)=\($0.value)" }.joined())
    }
  }
}

/// Something that goes wrong on purpose with a workflow task.
public struct Fault: Sendable, Hashable {
  /// What goes wrong.
  public enum Kind: Sendable, Hashable {
    /// The worker is gone between the task and its answer: the task times out and comes again.
    case dropWorker
    /// The worker takes too long: its answer comes after the timeout and is refused.
    case timeOutTask
    /// The worker has forgotten the run: it is replayed from its first event.
    case evictCache
  }

  /// What goes wrong.
  public var kind: Kind
  /// With which workflow task of the environment, counted from 1.
  public var task: Int

  /// A fault at the environment's n-th workflow task.
  public init(_ kind: Kind, atTask task: Int) {
    self.kind = kind
    self.task = task
  }
}
