internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

/// Why a command is not carried out: the workflow task fails with this cause (`server.md` 4).
struct CommandRefusal: Error, Sendable {
  var cause: WorkflowTaskFailedCause
  var reason: String
  /// The run is terminated as well: what the command brings is too large (`server.md` 4).
  var terminatesRun: Bool

  init(_ cause: WorkflowTaskFailedCause, _ reason: String, terminatesRun: Bool = false) {
    self.cause = cause
    self.reason = reason
    self.terminatesRun = terminatesRun
  }

  /// As the worker is told: `BadStartTimerAttributes: …`.
  var text: String {
    let name = "\(cause)".replacing("ID", with: "Id")
    let cause = name.prefix(1).uppercased() + name.dropFirst()
    return reason.isEmpty ? cause : "\(cause): \(reason)"
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
  let completedEventID: Int64
  let namespace: NamespaceRecord?
  /// Whether the commands brought about something that the workflow must see.
  var needsWorkflowTask = false
}
