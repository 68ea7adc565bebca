/// Which fields of a history differ between any two recordings of the same run, and how much of them is kept.
///
/// A server decides nothing by what is left out here: when something happened, in which order it was stored, how large it was,
/// and who did it.
enum CanonicalRules {
  /// Fields that are left out.
  static let dropped: Set<String> = [
    "eventId", "eventTime", "taskId", "version", "historySizeBytes", "stateTransitionCount", "sizeBytes", "sdkVersion",
    "nextPageToken", "taskToken", "identity",
  ]

  /// Keys of maps that are left out.
  static let droppedKeys: Set<String> = ["temporal-callback-token"]

  /// IDs that are made up anew for each request: only whether they are there counts.
  private static let requestIDs: Set<String> = ["requestId", "attachedRequestId", "startRequestId"]

  /// The request ID of a workflow task that came with the answer to the one before; whether it does is a race.
  private static let inlineTask = "request-from-RespondWorkflowTaskCompleted"

  /// Durations that depend on when something happened; they are kept to about a second.
  private static let measured: Set<String> = [
    "executionDuration", "firstWorkflowTaskBackoff", "backoffStartInterval", "currentRetryInterval",
    "initialSkippedDuration",
  ]

  /// Lists without an order of their own.
  static let unordered: Set<String> = ["coreUsedFlags", "langUsedFlags"]

  /// What stands for a text of a field, if it is not the text.
  static func replacement(for text: String, in field: String?) -> String? {
    guard let field, requestIDs.contains(field), !text.isEmpty else { return nil }
    let bytes = Array(text.utf8)
    let isMadeUp = MadeUpText.find(in: bytes, at: 0).map { $0.count == bytes.count } ?? false
    return isMadeUp || text == inlineTask ? "<request id>" : nil
  }

  /// What stands for a duration of a field, if it is not the duration.
  static func replacement(for duration: TimeText.Value, in field: String?) -> String? {
    guard let field else { return nil }
    // The server spreads the timeouts of workflow tasks that were retried.
    if field == "startToCloseTimeout", duration.nanos != 0 { return "<with jitter>" }
    guard measured.contains(field) else { return nil }
    let seconds = Double(duration.seconds) + Double(duration.nanos) / 1e9
    return "<about \(Int((seconds + 0.25).rounded())) s>"
  }
}
