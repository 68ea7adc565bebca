internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

// What a run may grow to, and what becomes of one that grows beyond (`server.md` 2.2, 17).

extension RunTransaction {
  /// Who is named by events that the server itself brings about.
  static let serverIdentity = "history-service"
  /// Who ends a run that is reset.
  static let resetterIdentity = "history-resetter"

  /// Ends the run because it, or what its worker wants, is too large.
  mutating func terminateForLimit(_ reason: String) {
    terminate(reason: reason, details: nil, identity: Self.serverIdentity)
  }

  /// Why the run must end instead of growing on; `nil` while it may.
  ///
  /// The size is that of what was stored before this transaction, the count includes it.
  var exceededHistoryLimit: String? {
    guard execution.isRunning else { return nil }
    if record.historySizeBytes > limits.historyBytes { return "Workflow history size exceeds limit." }
    if record.nextEventID - 1 > limits.historyEvents { return "Workflow history count exceeds limit." }
    return nil
  }

  /// Fails the workflow task in flight when more waits for its end than may.
  mutating func keepBufferSmall() {
    guard execution.isRunning, execution.hasWorkflowTaskInFlight, isBufferTooLarge else { return }
    failWorkflowTask(cause: .forceCloseCommand, failure: nil, identity: Self.serverIdentity)
    needsWorkflowTask = true
  }

  private var isBufferTooLarge: Bool {
    if execution.buffer.count > limits.bufferedEvents { return true }
    // Few events are small unless one of them says otherwise: do not measure each time.
    var size = 0
    for buffered in execution.buffer {
      size += buffered.event.byteCount
      if size > limits.bufferedBytes { return true }
    }
    return false
  }
}
