import SwiftProtobuf
import TemporalAPI

extension WorkflowEnvironment {
  /// The command that closes the workflow, once, in the task in which the code ended.
  func takeCloseCommand() -> IssuedCommand? {
    guard let completion, !isCloseCommandTaken else { return nil }
    isCloseCommandTaken = true
    var command = Temporal_Api_Command_V1_Command()
    switch completion {
    case .completed(let result):
      command.commandType = .completeWorkflowExecution
      command.completeWorkflowExecutionCommandAttributes = .with { if let result { $0.result = result } }
    case .failed(let failure, _):
      command.commandType = .failWorkflowExecution
      command.failWorkflowExecutionCommandAttributes.failure = failure
    case .canceled(let details):
      command.commandType = .cancelWorkflowExecution
      command.cancelWorkflowExecutionCommandAttributes = .with { if let details { $0.details = details } }
    case .continuedAsNew(let attributes):
      command.commandType = .continueAsNewWorkflowExecution
      command.continueAsNewWorkflowExecutionCommandAttributes = attributes
    }
    return IssuedCommand(command: command, location: completionLocation, stack: completionStack)
  }
}
