internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

// Commands that carry too much end the run: its history could never hold what the worker wants (`server.md` 4, 17).

extension RunTransaction {
  /// - Throws: A refusal that ends the run, for a command with payloads that are too large.
  func checkSize(of command: Command) throws(CommandRefusal) {
    for part in command.parts where part.byteCount > (part.isMemo ? limits.memoBytes : limits.blobBytes) {
      throw CommandRefusal(part.cause, "\(part.name) exceeds size limit.", terminatesRun: true)
    }
  }
}

extension RunTransaction {
  /// - Throws: A refusal for an id or a name that is too long.
  func checkLength(_ text: String, _ field: String, _ cause: WorkflowTaskFailedCause) throws(CommandRefusal) {
    let length = text.utf8.count
    guard length > limits.idBytes else { return }
    let name = field.prefix { $0 != " " }
    throw CommandRefusal(
      cause, "\(field) exceeds length limit. \(name)=\(text) Length=\(length) Limit=\(limits.idBytes)")
  }
}

/// A part of a command that must not be too large.
private struct CommandPart {
  /// As the server names it in the reason.
  var name: String
  var cause: WorkflowTaskFailedCause
  var byteCount: Int
  var isMemo = false
}

extension Command {
  fileprivate var parts: [CommandPart] {
    switch attributes {
    case .scheduleActivityTaskCommandAttributes(let attributes)?:
      [
        CommandPart(
          name: "ScheduleActivityTaskCommandAttributes.Input", cause: .badScheduleActivityAttributes,
          byteCount: attributes.hasInput ? attributes.input.byteCount : 0)
      ]
    case .completeWorkflowExecutionCommandAttributes(let attributes)?:
      [
        CommandPart(
          name: "CompleteWorkflowExecutionCommandAttributes.Result", cause: .badScheduleActivityAttributes,
          byteCount: attributes.hasResult ? attributes.result.byteCount : 0)
      ]
    case .failWorkflowExecutionCommandAttributes(let attributes)?:
      [
        CommandPart(
          name: "FailWorkflowExecutionCommandAttributes.Failure", cause: .badFailWorkflowExecutionAttributes,
          byteCount: attributes.failure.byteCount)
      ]
    case .recordMarkerCommandAttributes(let attributes)?:
      [
        CommandPart(
          name: "RecordMarkerCommandAttributes.Details", cause: .badRecordMarkerAttributes,
          byteCount: attributes.details.reduce(0) { $0 + $1.key.utf8.count + $1.value.byteCount })
      ]
    case .continueAsNewWorkflowExecutionCommandAttributes(let attributes)?:
      [
        CommandPart(
          name: "ContinueAsNewWorkflowExecutionCommandAttributes. Input", cause: .badContinueAsNewAttributes,
          byteCount: attributes.hasInput ? attributes.input.byteCount : 0),
        CommandPart(
          name: "ContinueAsNewWorkflowExecutionCommandAttributes. Memo", cause: .badContinueAsNewAttributes,
          byteCount: attributes.hasMemo ? attributes.memo.byteCount : 0, isMemo: true),
      ]
    case .startChildWorkflowExecutionCommandAttributes(let attributes)?:
      [
        CommandPart(
          name: "StartChildWorkflowExecutionCommandAttributes. Input", cause: .badStartChildExecutionAttributes,
          byteCount: attributes.hasInput ? attributes.input.byteCount : 0),
        CommandPart(
          name: "StartChildWorkflowExecutionCommandAttributes.Memo", cause: .badStartChildExecutionAttributes,
          byteCount: attributes.hasMemo ? attributes.memo.byteCount : 0, isMemo: true),
      ]
    case .signalExternalWorkflowExecutionCommandAttributes(let attributes)?:
      [
        CommandPart(
          name: "SignalExternalWorkflowExecutionCommandAttributes.Input", cause: .badSignalWorkflowExecutionAttributes,
          byteCount: attributes.hasInput ? attributes.input.byteCount : 0)
      ]
    default:
      []
    }
  }
}
