import HindcastCore

/// Who waits for the result of an operation.
enum PendingOperation {
  case none
  case sleep(LuaTask)
  case call(LuaTask)
  case future(Future)
  case timer(TimerEntry)
  case spawn(SpawnedChild)
  case exec(LuaTask, isWorkflowExec: Bool)
  case signal(LuaTask)
  case cancellation(LuaTask, isTerminate: Bool)
}

/// A child that `process.spawn` asked for.
final class SpawnedChild {
  let task: LuaTask
  /// Its process id, valid once it has started.
  let id: ProcessID
  var hasStarted = false

  init(task: LuaTask, id: ProcessID) {
    self.task = task
    self.id = id
  }
}
