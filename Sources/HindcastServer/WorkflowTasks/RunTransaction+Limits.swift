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
  var exceededLimit: String? {
    guard execution.isRunning else { return nil }
    if record.historySizeBytes > limits.historyBytes { return "Workflow history size exceeds limit." }
    if record.nextEventID - 1 > limits.historyEvents { return "Workflow history count exceeds limit." }
    if isStateTooLarge { return "Workflow mutable state size exceeds limit." }
    return nil
  }

  /// Whether the server would have to keep too much of the run beside its history.
  ///
  /// Counted is what can be large: the memo, search attributes, what activities told, and events that wait. Ids and times are
  /// not, so that the limit is met up to a few hundred bytes a pending activity later than the real server's.
  private var isStateTooLarge: Bool {
    let hasGrown =
      !execution.activities.changed.isEmpty || !execution.buffer.isEmpty || record.memo != original.memo
      || record.searchAttributes != original.searchAttributes
    guard hasGrown else { return false }
    var size = record.memo.fields.dataBytes + record.searchAttributes.indexedFields.dataBytes
    for activity in execution.activities.values {
      if activity.hasHeartbeatDetails { size += activity.heartbeatDetails.payloads.reduce(0) { $0 + $1.data.count } }
      if activity.hasLastFailure { size += activity.lastFailure.byteCount }
    }
    if execution.hasWorkflowTaskInFlight, !isBufferTooLarge { size += execution.buffer.byteCount }
    return size > limits.mutableStateBytes
  }

  /// Fails the workflow task in flight when more waits for its end than may.
  mutating func keepBufferSmall() {
    guard execution.isRunning, execution.hasWorkflowTaskInFlight, isBufferTooLarge else { return }
    failWorkflowTask(cause: .forceCloseCommand, failure: nil, identity: Self.serverIdentity)
    flushBuffer()
    // The next attempt of the failed task, in spite of the news.
    scheduleWorkflowTask(resetsAttempt: false)
  }

  private var isBufferTooLarge: Bool {
    execution.buffer.count > limits.bufferedEvents || execution.buffer.byteCount > limits.bufferedBytes
  }
}

extension [String: Payload] {
  /// As the server counts a map: the keys and the data of the payloads.
  var dataBytes: Int { reduce(0) { $0 + $1.key.utf8.count + $1.value.data.count } }
}
