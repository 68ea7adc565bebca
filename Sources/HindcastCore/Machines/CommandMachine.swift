import SwiftProtobuf
import TemporalAPI

/// One command from the moment code asks for it until nothing more can happen to it.
final class CommandMachine {
  struct Key: Hashable {
    var kind: CommandKind
    var id: String
  }

  let key: Key
  private(set) var state = CommandState.created
  var issued: IssuedCommand
  /// The operation that code waits on, if any.
  var operation: OperationID?
  /// Whether the operation has its result; later events change only the state.
  var isHandled = false
  /// The predicted event id of the command's event.
  var eventID: Int64 = 0
  /// For activities and children: cancelling resolves only when the server has confirmed.
  var waitsForCancellation = false
  /// Taken out of the ledger before it was sent.
  var isRemoved = false
  /// Waits in the ledger's list of machines that the next collection visits.
  var isTouched = false

  init(_ kind: CommandKind, id: String, issued: IssuedCommand) {
    key = Key(kind: kind, id: id)
    self.issued = issued
  }

  var isDone: Bool {
    state == .completed || (key.kind != .timer && state == .completedAfterCancellationCommandSent)
  }

  /// The command to send in the present state, if there is one.
  var command: IssuedCommand? {
    switch (key.kind, state) {
    case (_, .created): return issued
    case (.activity, .canceledBeforeSent), (.timer, .canceledBeforeSent): return issued
    case (.childWorkflow, .canceledAfterStarted): return cancelOfStartedChild
    default: return nil
    }
  }

  private var cancelOfStartedChild: IssuedCommand {
    let child = issued.command.startChildWorkflowExecutionCommandAttributes
    var cancel = issued
    cancel.command = .with {
      $0.commandType = .requestCancelExternalWorkflowExecution
      $0.requestCancelExternalWorkflowExecutionCommandAttributes = .with {
        $0.namespace = child.namespace
        $0.workflowID = child.workflowID
        $0.childWorkflowOnly = true
      }
    }
    return cancel
  }

  func move(on input: CommandInput) throws(TaskFailure) {
    guard let next = key.kind.next(state, on: input) else {
      throw .illegalState(
        "invalid state transition: attempt to \(input.name), CommandType: \(key.kind.name), ID: \(key.id), "
          + "state=\(state.name), isDone()=\(isDone)")
    }
    state = next
  }
}

extension TaskFailure {
  /// The panic of the Go SDK's state machines, with its TMPRL code.
  static func illegalState(_ message: String, rule: RuleCode? = nil) -> TaskFailure {
    TaskFailure(.nondeterminism, "[TMPRL1100] \(message)", rule: rule)
  }
}
