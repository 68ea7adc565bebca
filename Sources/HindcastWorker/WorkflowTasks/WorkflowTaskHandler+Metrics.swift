internal import HindcastHistory
private import SwiftProtobuf
internal import TemporalAPI
private import TemporalServiceAPI

// What is counted and measured of workflow tasks.

extension WorkflowTaskHandler {
  var measures: WorkerMetrics { configuration.measures }

  private var workerTags: MetricTags {
    MetricTags(taskQueue: configuration.taskQueue, workerType: WorkflowWorker.workerType)
  }

  private func tags(of polled: Polled) -> MetricTags {
    MetricTags(
      taskQueue: configuration.taskQueue, workerType: WorkflowWorker.workerType,
      workflowType: polled.workflowType.name)
  }

  /// A poll has come back.
  func note(_ polled: Polled) {
    if polled.taskToken.isEmpty {
      measures.count(.workflowTaskPollEmpty, workerTags)
      return
    }
    measures.count(.workflowTaskPollSucceed, workerTags)
    measures.record(
      .workflowTaskScheduleToStartLatency, Duration(from: polled.scheduledTime, to: polled.startedTime),
      tags(of: polled))
  }

  /// The work on a task begins.
  func beginMeasuring() { measures.add(1, to: .slotsUsed, workerTags) }

  /// The work on a task has ended.
  func endMeasuring(_ polled: Polled, since start: ContinuousClock.Instant?) {
    measures.add(-1, to: .slotsUsed, workerTags)
    measures.record(.workflowTaskExecutionLatency, since: start, tags(of: polled))
    measures.set(.stickyCacheSize, to: threads.runCount, workerTags)
  }

  /// A task that came without its past found its run, or did not.
  func noteCache(of task: WorkflowTask, isMiss: Bool) {
    if task.hasWholeHistory { return }
    measures.count(isMiss ? .stickyCacheMiss : .stickyCacheHit, workerTags)
  }

  /// A task could not be completed.
  func noteFailure(of polled: Polled, _ problem: WorkflowTaskProblem) {
    measures.count(
      .workflowTaskExecutionFailed,
      MetricTags(
        taskQueue: configuration.taskQueue, workerType: WorkflowWorker.workerType,
        workflowType: polled.workflowType.name, more: ["failure_reason": problem.reason]))
  }

  /// A task was completed, and perhaps its run with it.
  func noteEnd(of polled: Polled, _ commands: [Command]) {
    switch commands.last?.attributes {
    case .completeWorkflowExecutionCommandAttributes?: measures.count(.workflowCompleted, tags(of: polled))
    case .failWorkflowExecutionCommandAttributes?: measures.count(.workflowFailed, tags(of: polled))
    case .cancelWorkflowExecutionCommandAttributes?: measures.count(.workflowCanceled, tags(of: polled))
    case .continueAsNewWorkflowExecutionCommandAttributes?:
      measures.count(.workflowContinueAsNew, tags(of: polled))
    default: break
    }
  }
}

extension WorkflowTaskStep {
  /// Whether the run is not here, and nothing was done.
  var needsHistory: Bool { if case .historyNeeded = self { true } else { false } }
}

extension WorkflowTaskProblem {
  /// The words of the SDKs' metrics.
  fileprivate var reason: String {
    switch cause {
    case .nonDeterministicError: "NonDeterminismError"
    case .grpcMessageTooLarge: "GrpcMessageTooLarge"
    default: "WorkflowError"
    }
  }
}
