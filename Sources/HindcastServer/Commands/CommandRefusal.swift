internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// Why a command is not carried out: the workflow task fails with this cause (`server.md` 4).
struct CommandRefusal: Error, Sendable {
  var cause: WorkflowTaskFailedCause
  var reason: String
  /// The run is terminated as well: what the command brings is too large (`server.md` 4).
  var terminatesRun: Bool
  /// Refuses the whole answer instead: nothing is recorded and the task stays in flight, as for an unknown namespace.
  var answerError: ServiceError?

  init(_ cause: WorkflowTaskFailedCause, _ reason: String, terminatesRun: Bool = false) {
    self.cause = cause
    self.reason = reason
    self.terminatesRun = terminatesRun
  }

  /// The answer as a whole is refused.
  init(answer error: ServiceError) {
    self.init(.unspecified, error.message)
    answerError = error
  }

  /// As the worker is told: `BadStartTimerAttributes: …`.
  var text: String {
    reason.isEmpty ? cause.serverName : "\(cause.serverName): \(reason)"
  }

  /// As the failed task shows it.
  var failure: Failure {
    .with {
      $0.message = text
      $0.serverFailureInfo = .init()
    }
  }
}

/// What commands of one answer have in common.
struct CommandContext: Sendable {
  let request: WorkflowTaskCompletedRequest
  /// The WorkflowTaskCompleted event that their events refer to.
  var completedEventID: Int64
  let namespace: NamespaceRecord?
  /// What commands may refer to beyond their run.
  let directory: Directory
  /// The answer's messages that have not been looked at.
  var messages: [ProtocolMessage]
  /// Whether the commands brought about something that the workflow must see.
  var needsWorkflowTask = false
  /// The workflow ids of children that the same answer initiates: they cannot be cancelled by it.
  var childrenInitiated: Set<String> = []

  /// The namespace that a command means, the run's own where it names none.
  ///
  /// - Throws: A refusal of the whole answer for an unknown one (`server.md` 3.2).
  func target(namespace name: String) throws(CommandRefusal) -> NamespaceRecord {
    let name = name.isEmpty ? request.namespace : name
    guard let target = directory.namespaces[name] else {
      throw CommandRefusal(answer: .namespaceNotFound(name))
    }
    return target
  }
}

/// What the server knows beyond its runs.
struct Directory: Sendable {
  var namespaces: [String: NamespaceRecord]
  /// By name.
  var nexusEndpoints: [String: NexusEndpointRecord]
}
