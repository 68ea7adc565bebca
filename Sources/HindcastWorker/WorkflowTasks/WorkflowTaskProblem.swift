internal import HindcastCalls
package import HindcastCore
package import HindcastHistory
private import SwiftProtobuf
package import TemporalAPI

/// Why a worker cannot complete a workflow task, as it tells the server.
package struct WorkflowTaskProblem: Error, Sendable {
  package var cause: Temporal_Api_Enums_V1_WorkflowTaskFailedCause
  /// What kind of problem it is, in one word: the failure's type.
  package var type: String
  package var message: String
  package var stack: String = ""

  /// The failure that goes with `RespondWorkflowTaskFailed`.
  package var failure: Failure {
    .with {
      $0.message = message
      $0.source = "hindcast"
      $0.stackTrace = stack
      $0.applicationFailureInfo.type = type
    }
  }
}

extension WorkflowTaskProblem {
  /// The code asked for what the history rules out, took too long, and the like.
  init(_ failure: TaskFailure) {
    self.init(
      cause: failure.kind == .nondeterminism ? .nonDeterministicError : .workflowWorkerUnhandledFailure,
      type: Self.type(of: failure.kind), message: failure.description,
      stack: Self.text(of: failure.stack, failure.coroutines))
  }

  /// A replayed task issued other commands than the history holds.
  init(_ divergence: Finding) {
    let place = divergence.location.map { "\($0): " } ?? ""
    let event = divergence.eventID.map { " (event \($0))" } ?? ""
    self.init(
      cause: .nonDeterministicError, type: "NonDeterminismError",
      message: "[TMPRL1100] \(place)\(divergence.message)\(event), rule \(divergence.rule.rawValue)",
      stack: Self.text(of: divergence.stack, divergence.coroutines))
  }

  /// There is no code for the type, or it does not load.
  package init(_ error: WorkflowLoadError, type: String, supported: [String]) {
    self.init(
      cause: .workflowWorkerUnhandledFailure, type: "WorkflowLoadError",
      // The wording of sdk-go, which operators search their logs for.
      message: error.kind == .unregisteredType
        ? "unable to find workflow type: \(type). Supported types: [\(supported.joined(separator: ", "))]"
        : error.description)
  }

  /// The server sent something that no task can be made of.
  init(unusable message: String) {
    self.init(cause: .workflowWorkerUnhandledFailure, type: "UnusableTask", message: message)
  }

  static let noStart = "the task's history does not begin with WorkflowExecutionStarted"
  static let noTask = "the task's history has no workflow task that was started and not completed"

  /// The server does not take the commands, because they do not fit into a message.
  init(tooLarge error: ServiceError) {
    self.init(cause: .grpcMessageTooLarge, type: "CommandsTooLarge", message: error.message)
  }

  private static func type(of kind: TaskFailure.Kind) -> String {
    switch kind {
    case .nondeterminism: "NonDeterminismError"
    case .deadlock: "DeadlockError"
    case .resourceExhausted: "ResourceExhaustedError"
    case .unreadableHistory: "UnreadableHistoryError"
    case .codeError: "CodeError"
    }
  }

  private static func text(of stack: [StackFrame], _ coroutines: [CoroutineStack]) -> String {
    if coroutines.isEmpty { return stack.map(\.description).joined(separator: "\n") }
    return coroutines.map(\.text).joined(separator: "\n\n")
  }
}

extension CoroutineStack {
  /// The coroutine's name, what it waits for and its frames, a line each.
  package var text: String {
    let head = waitingFor.map { "\(name) [\($0)]:" } ?? "\(name):"
    return ([head] + frames.map { "  \($0)" }).joined(separator: "\n")
  }
}
