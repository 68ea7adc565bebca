internal import HindcastRecords
internal import TemporalAPI

// A run's tasks as they go into queues.

extension Execution {
  /// The workflow task.
  var workflowTaskDispatch: Dispatch {
    let task = record.workflowTask
    return Dispatch(
      queue: QueueKey(namespace: record.namespace, name: task.taskQueue.name, kind: .workflow),
      task: .workflowTask(runID: runID, stamp: task.stamp))
  }

  /// The next attempt of an activity.
  func dispatch(of activity: ActivityRecord) -> Dispatch {
    Dispatch(
      queue: QueueKey(namespace: record.namespace, name: activity.taskQueueName, kind: .activity),
      task: .activity(runID: runID, scheduledEventID: activity.scheduledEventID, stamp: activity.stamp))
  }

  /// A request to the handler of an operation.
  func dispatch(of operation: NexusOperationRecord, _ kind: NexusRequestKind) -> Dispatch {
    Dispatch(
      queue: QueueKey(namespace: operation.requestNamespace, name: operation.requestTaskQueue, kind: .nexus),
      task: .nexus(operation.requestID(kind, runID: runID)))
  }

  /// The tasks that wait for a worker, with the time from which on they do.
  var waitingDispatches: [(time: Int64, dispatch: Dispatch)] {
    guard isRunning else { return [] }
    var dispatches: [(time: Int64, dispatch: Dispatch)] = []
    let task = record.workflowTask
    if task.kind != .none, task.startedEventID == 0 { dispatches.append((task.scheduledTime, workflowTaskDispatch)) }
    for activity in activities.sorted where activity.isDispatchable {
      dispatches.append((activity.scheduledTime, dispatch(of: activity)))
    }
    for operation in nexusOperations.sorted {
      for kind in [NexusRequestKind.start, .cancel]
      where operation.requestDue(kind) > 0 && !operation.isTaken(kind) {
        let time = kind == .start ? operation.requestTime : operation.cancelRequestTime
        dispatches.append((time, dispatch(of: operation, kind)))
      }
    }
    return dispatches
  }
}
