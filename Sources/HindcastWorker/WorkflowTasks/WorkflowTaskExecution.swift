internal import HindcastCore
internal import HindcastHistory
private import SwiftProtobuf
internal import TemporalAPI
private import TemporalServiceAPI

/// Works one workflow task on the engine: the tasks that the history has completed are replayed and compared with it, the
/// last one, which it has only started, is run.
package struct WorkflowTaskExecution: Sendable {
  package let task: WorkflowTask
  let supportedTypes: [String]
  let logsInReplay: Bool
  let log: WorkerLog

  /// - Parameters:
  ///   - task: The task.
  ///   - supportedTypes: The workflow types, for the message that says that there is none like the task's.
  ///   - logsInReplay: Whether code writes log lines also where it did so before.
  ///   - log: Where log lines go.
  package init(task: WorkflowTask, supportedTypes: [String], logsInReplay: Bool = false, log: @escaping WorkerLog) {
    self.task = task
    self.supportedTypes = supportedTypes
    self.logsInReplay = logsInReplay
    self.log = log
  }

  /// Makes a run of the task's type that has seen nothing yet.
  func makeRun(in runtime: any WorkflowRuntime) throws(WorkflowTaskProblem) -> WorkflowRun {
    guard case .workflowExecutionStartedEventAttributes(let started)? = task.events.first?.attributes else {
      throw WorkflowTaskProblem(unusable: WorkflowTaskProblem.noStart)
    }
    let execution = task.polled.workflowExecution
    let environment = WorkflowEnvironment(
      info: WorkflowInfo(
        started: started, workflowID: execution.workflowID, runID: execution.runID, namespace: task.namespace))
    do {
      return try WorkflowRun(environment: environment, in: runtime)
    } catch {
      throw WorkflowTaskProblem(error, type: started.workflowType.name, supported: supportedTypes)
    }
  }

  /// Runs a whole history: what was completed is replayed and, unless the task is only a query, the last task is run.
  func runWhole(_ run: WorkflowRun) throws(WorkflowTaskProblem) {
    var slicer = HistorySlicer(task.events)
    if logsInReplay { run.environment.logger = logger }
    while let slice = slicer.next() {
      if slice.completed != nil {
        try replay(slice, run)
      } else if task.isQuery {
        break  // What has not been worked yet is not part of the state that the query asks for.
      } else if slice.started != nil {
        return try perform(slice, run, of: task.events)
      }
    }
    guard task.isQuery else { throw WorkflowTaskProblem(unusable: WorkflowTaskProblem.noTask) }
  }

  /// Runs the task on a run that has worked all tasks before it.
  ///
  /// - Parameter handledEventID: The last event that the run has seen.
  func runNext(_ run: WorkflowRun, after handledEventID: Int64) throws(WorkflowTaskProblem) {
    let events = Array(task.events.drop { $0.eventID <= handledEventID })
    var slicer = HistorySlicer(events)
    guard let slice = slicer.next(), slice.completed == nil, slice.started != nil else {
      throw WorkflowTaskProblem(unusable: WorkflowTaskProblem.noTask)
    }
    try perform(slice, run, of: events)
  }

  /// What a run that has worked the task has to say.
  func completion(of run: WorkflowRun) throws(WorkflowTaskProblem) -> WorkflowTaskCompletion {
    let commands: [IssuedCommand]
    do {
      commands = try run.takeCommands()
    } catch {
      throw WorkflowTaskProblem(error)
    }
    for warning in run.takeWarnings() {
      let place = warning.location.map { [WorkerLogLine.Field("location", "\($0)")] } ?? []
      log(WorkerLogLine(.warning, warning.message, [.init("rule", warning.rule.rawValue)] + place + task.logFields))
    }
    return WorkflowTaskCompletion(
      issued: commands, messages: run.takeMessages(), flags: run.takeNewFlags(),
      queryResults: task.polled.queries.mapValues { $0.result(answer(to: $0, run)) })
  }

  /// The answer of a run to a task that is only a query.
  func answer(queryWith run: WorkflowRun) -> WorkflowTaskAnswer { .queried(answer(to: task.polled.query, run)) }

  /// Runs a task again that was completed before.
  private func replay(_ slice: WorkflowTaskSlice, _ run: WorkflowRun) throws(WorkflowTaskProblem) {
    run.setReplaying(true)
    let commands: [IssuedCommand]
    do {
      try run.run(slice, of: task.events)
      commands = try run.takeCommands()
    } catch {
      throw WorkflowTaskProblem(error)
    }
    // The answers to updates went out, and remarks were made, when the task was completed.
    _ = run.takeMessages()
    _ = run.takeWarnings()
    if let divergence = run.divergence(of: commands, from: slice, of: task.events) {
      throw WorkflowTaskProblem(divergence)
    }
  }

  /// Runs the task that is to be answered, up to where the code waits.
  private func perform(
    _ slice: WorkflowTaskSlice, _ run: WorkflowRun, of events: [HistoryEvent]
  ) throws(WorkflowTaskProblem) {
    run.setReplaying(false)
    run.environment.logger = logger
    do {
      try run.run(slice, of: events, updates: task.polled.messages.inSequence)
    } catch {
      throw WorkflowTaskProblem(error)
    }
  }

  private var logger: @Sendable (WorkflowLogLine) -> Void {
    { [log, fields = task.logFields] in log(WorkerLogLine($0, of: fields)) }
  }

  private func answer(to query: Temporal_Api_Query_V1_WorkflowQuery, _ run: WorkflowRun) -> QueryAnswer {
    if query.queryType == "__stack_trace" {
      return .answered(
        .with { $0.payloads = [JSONPayload.payload(run.coroutines.map(\.text).joined(separator: "\n\n"))] })
    }
    return run.query(
      query.queryType, arguments: query.hasQueryArgs ? query.queryArgs : nil,
      header: query.hasHeader ? query.header : nil)
  }
}

extension [Temporal_Api_Protocol_V1_Message] {
  /// In the order of the events that they come after; those that name none keep their places.
  fileprivate var inSequence: Self {
    enumerated().sorted { ($0.element.eventID, $0.offset) < ($1.element.eventID, $1.offset) }.map(\.element)
  }
}

extension Temporal_Api_Query_V1_WorkflowQuery {
  fileprivate func result(_ answer: QueryAnswer) -> Temporal_Api_Query_V1_WorkflowQueryResult {
    .with {
      switch answer {
      case .answered(let payloads):
        $0.resultType = .answered
        $0.answer = payloads
      case .failed(let message):
        $0.resultType = .failed
        $0.errorMessage = message
      }
    }
  }
}
