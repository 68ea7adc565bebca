package import HindcastCore
internal import HindcastHistory
private import SwiftProtobuf
internal import TemporalAPI
private import TemporalServiceAPI

/// Works one workflow task on the engine: the tasks that the history has completed are replayed and compared with it, the
/// last one, which it has only started, is run.
///
/// Nothing is kept from one task to the next. That is slower than the caches of the SDKs, and proves at every task that the
/// run can be rebuilt from its history.
package struct WorkflowTaskExecution {
  package let task: WorkflowTask
  let supportedTypes: [String]
  let log: WorkerLog

  package init(task: WorkflowTask, supportedTypes: [String], log: @escaping WorkerLog) {
    self.task = task
    self.supportedTypes = supportedTypes
    self.log = log
  }

  /// The answer to the task; problems are answers, too.
  package func answer(in runtime: any WorkflowRuntime) -> WorkflowTaskAnswer {
    let (answer, run) = answerAndKeepRun(in: runtime)
    run?.close()
    return answer
  }

  /// The answer to the task, and the run that gave it, which may go on with the run's next task.
  package func answerAndKeepRun(in runtime: any WorkflowRuntime) -> (WorkflowTaskAnswer, WorkflowRun?) {
    var made: WorkflowRun?
    do throws(WorkflowTaskProblem) {
      let run = try makeRun(in: runtime)
      made = run
      return (try answer(with: run), run)
    } catch {
      return (.failed(error), made)
    }
  }

  /// The answer of a run that has worked all tasks of the history but the last.
  package func answer(continuing run: WorkflowRun) -> WorkflowTaskAnswer {
    var slicer = HistorySlicer(task.events)
    while let slice = slicer.next() {
      guard slice.completed == nil, slice.started != nil else { continue }
      do throws(WorkflowTaskProblem) {
        return .completed(try perform(slice, run))
      } catch {
        return .failed(error)
      }
    }
    return .failed(
      WorkflowTaskProblem(unusable: "the task's history has no workflow task that was started and not completed"))
  }

  /// Whether nothing was completed after the task that this event started.
  package func covers(startedEventID: Int64) -> Bool {
    let last = task.events.last { $0.eventType == .workflowTaskCompleted }
    return last?.workflowTaskCompletedEventAttributes.startedEventID == startedEventID
  }

  /// The answer of a run to a task that is only a query.
  package func answer(queryWith run: WorkflowRun) -> WorkflowTaskAnswer { .queried(answer(to: task.polled.query, run)) }

  private func makeRun(in runtime: any WorkflowRuntime) throws(WorkflowTaskProblem) -> WorkflowRun {
    guard case .workflowExecutionStartedEventAttributes(let started)? = task.events.first?.attributes else {
      throw WorkflowTaskProblem(
        unusable: "the task's history does not begin with WorkflowExecutionStarted, and this worker keeps no state")
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

  private func answer(with run: WorkflowRun) throws(WorkflowTaskProblem) -> WorkflowTaskAnswer {
    var slicer = HistorySlicer(task.events)
    while let slice = slicer.next() {
      if slice.completed != nil {
        try replay(slice, run)
      } else if task.isQuery {
        break  // What has not been worked yet is not part of the state that the query asks for.
      } else if slice.started != nil {
        return .completed(try perform(slice, run))
      }
    }
    guard task.isQuery else {
      throw WorkflowTaskProblem(unusable: "the task's history has no workflow task that was started and not completed")
    }
    return .queried(answer(to: task.polled.query, run))
  }

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
    // The answers to updates went out when the task was completed.
    _ = run.takeMessages()
    if let divergence = run.divergence(of: commands, from: slice, of: task.events) {
      throw WorkflowTaskProblem(divergence)
    }
  }

  /// Runs the task that is to be answered.
  private func perform(
    _ slice: WorkflowTaskSlice, _ run: WorkflowRun
  ) throws(WorkflowTaskProblem) -> WorkflowTaskCompletion {
    run.setReplaying(false)
    run.environment.logger = { [log, fields = task.logFields] in log(WorkerLogLine($0, of: fields)) }
    let commands: [IssuedCommand]
    do {
      try run.run(slice, of: task.events, updates: task.polled.messages.inSequence)
      commands = try run.takeCommands()
    } catch {
      throw WorkflowTaskProblem(error)
    }
    for warning in run.environment.warnings {
      let place = warning.location.map { [WorkerLogLine.Field("location", "\($0)")] } ?? []
      log(WorkerLogLine(.warning, warning.message, [.init("rule", warning.rule.rawValue)] + place + task.logFields))
    }
    return WorkflowTaskCompletion(
      issued: commands, messages: run.takeMessages(),
      flags: run.takeNewFlags(), queryResults: task.polled.queries.mapValues { $0.result(answer(to: $0, run)) })
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
