internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

// What the server makes of a start's options, for whoever starts a run (`server.md` 9, 10).

extension StartedAttributes {
  /// The memo without the keys whose value is null; none if nothing is left.
  mutating func setMemo(_ memo: Temporal_Api_Common_V1_Memo) {
    let fields = memo.fields.filter { !$0.value.isNull }
    if fields.isEmpty { clearMemo() } else { self.memo = .with { $0.fields = fields } }
  }

  /// The search attributes without those whose value is null; none if nothing is left.
  mutating func setSearchAttributes(_ attributes: SearchAttributes) {
    let fields = attributes.indexedFields.filter { !$0.value.isNull }
    if fields.isEmpty { clearSearchAttributes() } else { searchAttributes = .with { $0.indexedFields = fields } }
  }

  /// How long the first workflow task waits: for the cron schedule, or for the delay that is asked for.
  mutating func setBackoff(cron: String, delay: Google_Protobuf_Duration, at now: Int64) {
    cronSchedule = cron
    firstWorkflowTaskBackoff = .init()
    if !cron.isEmpty {
      initiator = .cronSchedule
      let backoff = CronSchedule(parsing: cron)?.backoff(scheduled: now, now: now) ?? 0
      firstWorkflowTaskBackoff = max(backoff, 0).protobufDuration
    }
    if delay.nanoseconds > 0 { firstWorkflowTaskBackoff = delay.capped }
  }

  /// Cuts the timeouts to what they may be: run by execution, task by run and by the server's longest.
  mutating func clipTimeouts(_ limits: Limits, at now: Int64) {
    let execution = workflowExecutionTimeout.capped.nanoseconds
    var run = workflowRunTimeout.capped.nanoseconds
    if execution > 0 { run = run == 0 ? execution : min(run, execution) }
    var task = workflowTaskTimeout.nanoseconds
    if task == 0 { task = limits.defaultWorkflowTaskTimeout.clampedNanoseconds }
    task = min(task, limits.workflowTaskTimeout.clampedNanoseconds)
    if run > 0 { task = min(task, run) }
    if hasWorkflowExecutionTimeout { workflowExecutionTimeout = execution.protobufDuration }
    if run != 0 || hasWorkflowRunTimeout { workflowRunTimeout = run.protobufDuration }
    workflowTaskTimeout = task.protobufDuration
    if execution > 0 { workflowExecutionExpirationTime = now.addingClamped(execution).inWholeMilliseconds.timestamp }
  }
}

extension Int64 {
  /// The last whole millisecond, as the server keeps expiration times.
  ///
  /// The real server rounds, but a moment that is a little earlier: the chain is never over later than its last run.
  fileprivate var inWholeMilliseconds: Int64 { addingClamped(-(self % 1_000_000)) }
}
