internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias ContinueAsNewCommand = Temporal_Api_Command_V1_ContinueAsNewWorkflowExecutionCommandAttributes

extension RunTransaction {
  /// The run continues as a new one (`server.md` 10.1).
  mutating func continueAsNew(
    _ command: ContinueAsNewCommand, _ metadata: UserMetadata?, _ context: CommandContext
  ) throws(CommandRefusal) {
    try checkNothingUnseen()
    let command = try valid(command, context)
    let runID = ids.uuid()
    write(.workflowExecutionContinuedAsNewEventAttributes(event(of: command, runID, context)), userMetadata: metadata)

    var attributes = StartedAttributes()
    attributes.workflowType = command.workflowType
    attributes.taskQueue = command.taskQueue
    attributes.taskQueue.kind = .normal
    if command.hasInput { attributes.input = command.input }
    if command.hasHeader { attributes.header = command.header }
    if command.hasMemo { attributes.setMemo(command.memo) }
    if command.hasSearchAttributes { attributes.setSearchAttributes(command.searchAttributes) }
    if command.hasRetryPolicy { attributes.retryPolicy = command.retryPolicy }
    if record.hasPriority { attributes.priority = record.priority }
    attributes.workflowRunTimeout = command.workflowRunTimeout
    attributes.workflowTaskTimeout = command.workflowTaskTimeout
    attributes.cronSchedule = command.cronSchedule
    attributes.initiator = command.initiator == .unspecified ? .workflow : command.initiator
    if command.hasFailure { attributes.continuedFailure = command.failure }
    if command.hasLastCompletionResult { attributes.lastCompletionResult = command.lastCompletionResult }
    if command.initiator == .retry {
      attributes.attempt = record.started.attempt.addingReportingOverflow(1).partialValue
    }
    attributes.completionCallbacks = record.callbacks.map(\.callback)
    let given = command.backoffStartInterval.nanoseconds
    let backoff = waitingOutMinimum(given)
    if command.hasBackoffStartInterval || backoff != given {
      attributes.firstWorkflowTaskBackoff = backoff.protobufDuration
    }
    continueChain(attributes, runID: runID, initialVersioningBehavior: command.initialVersioningBehavior)
  }

  private func event(
    of command: ContinueAsNewCommand, _ runID: String, _ context: CommandContext
  ) -> Temporal_Api_History_V1_WorkflowExecutionContinuedAsNewEventAttributes {
    var filtered = StartedAttributes()
    if command.hasMemo { filtered.setMemo(command.memo) }
    if command.hasSearchAttributes { filtered.setSearchAttributes(command.searchAttributes) }
    return .with {
      $0.newExecutionRunID = runID
      $0.workflowTaskCompletedEventID = context.completedEventID
      $0.workflowType = command.workflowType
      $0.taskQueue = command.taskQueue
      if command.hasInput { $0.input = command.input }
      if command.hasHeader { $0.header = command.header }
      $0.workflowRunTimeout = command.workflowRunTimeout
      $0.workflowTaskTimeout = command.workflowTaskTimeout
      if command.hasBackoffStartInterval { $0.backoffStartInterval = command.backoffStartInterval }
      $0.initiator = command.initiator
      if command.hasFailure { $0.failure = command.failure }
      if command.hasLastCompletionResult { $0.lastCompletionResult = command.lastCompletionResult }
      if filtered.hasMemo { $0.memo = filtered.memo }
      if filtered.hasSearchAttributes { $0.searchAttributes = filtered.searchAttributes }
      $0.inheritBuildID = command.inheritBuildID
      $0.initialVersioningBehavior = command.initialVersioningBehavior
    }
  }

  /// The command with what it does not say taken from the run, and with its timeouts cut to what they may be.
  private func valid(
    _ given: ContinueAsNewCommand, _ context: CommandContext
  ) throws(CommandRefusal) -> ContinueAsNewCommand {
    var command = given
    if command.workflowType.name.isEmpty { command.workflowType = record.started.workflowType }
    let type = command.workflowType.name
    try checkLength(type, "WorkflowType on ContinueAsNewWorkflowExecutionCommand", .badContinueAsNewAttributes)
    if command.taskQueue.name.isEmpty { command.taskQueue.name = record.started.taskQueue.name }
    if command.taskQueue.kind == .unspecified { command.taskQueue.kind = .normal }
    let queue = command.taskQueue
    let place = "WorkflowType=\(type) TaskQueue=\(queue.serverText)"
    if given.hasSearchAttributes {
      command.searchAttributes = try typed(given.searchAttributes, context) {
        "invalid SearchAttributes on ContinueAsNewWorkflowExecutionCommand: \($0). \(place)"
      }
    }
    if let fault = queue.fault(limits) {
      throw refusal("error validating ContinueAsNewWorkflowExecutionCommand TaskQueue: \(fault). \(place)")
    }
    for (name, duration) in [
      ("WorkflowRunTimeout", command.workflowRunTimeout), ("WorkflowTaskTimeout", command.workflowTaskTimeout),
      ("BackoffStartInterval", command.backoffStartInterval),
    ] {
      guard let fault = duration.fault else { continue }
      throw refusal("Invalid \(name) on ContinueAsNewWorkflowExecutionCommand: \(fault). \(place)")
    }
    if command.hasBackoffStartInterval { command.backoffStartInterval = command.backoffStartInterval.capped }
    clipTimeouts(of: &command)
    if let fault = command.searchAttributes.sizeFault(limits) {
      throw CommandRefusal(.badContinueAsNewAttributes, fault, terminatesRun: true)
    }
    if command.hasRetryPolicy {
      command.retryPolicy = command.retryPolicy.withDefaults
      if let fault = command.retryPolicy.fault {
        throw refusal(
          "invalid WorkflowRetryPolicy on ContinueAsNewWorkflowExecutionCommand: \(fault) \(place)")
      }
    }
    return command
  }

  private func clipTimeouts(of command: inout ContinueAsNewCommand) {
    var timeouts = StartedAttributes()
    if record.started.hasWorkflowExecutionTimeout {
      timeouts.workflowExecutionTimeout = record.started.workflowExecutionTimeout
    }
    let run = command.workflowRunTimeout
    timeouts.workflowRunTimeout = run.nanoseconds == 0 ? record.started.workflowRunTimeout : run
    let task = command.workflowTaskTimeout
    timeouts.workflowTaskTimeout = task.nanoseconds == 0 ? record.started.workflowTaskTimeout : task
    timeouts.clipTimeouts(limits, at: now)
    command.workflowRunTimeout = timeouts.workflowRunTimeout
    command.workflowTaskTimeout = timeouts.workflowTaskTimeout
  }

  private func refusal(_ reason: String) -> CommandRefusal { CommandRefusal(.badContinueAsNewAttributes, reason) }
}
