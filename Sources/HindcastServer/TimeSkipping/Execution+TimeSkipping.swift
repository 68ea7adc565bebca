internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// A run's own clock as events tell of it (`server.md` 18.2).

typealias TimeSkippingConfig = Temporal_Api_Common_V1_TimeSkippingConfig
typealias TimeSkippingPropagation = Temporal_Api_Common_V1_TimeSkippingStatePropagation

extension Execution {
  /// The run starts with a setting and perhaps with the clock of the run that it comes from.
  mutating func applyTimeSkippingStart(_ attributes: StartedAttributes, at time: Int64) {
    let state = attributes.timeSkippingStatePropagation
    guard attributes.hasTimeSkippingConfig || state.hasInitialSkippedDuration else { return }
    if attributes.hasTimeSkippingConfig { record.timeSkipping = attributes.timeSkippingConfig }
    record.skipped = state.initialSkippedDuration.nanoseconds
    record.skipCount = state.initialSkipCount
    startFastForward(to: state.hasFastForwardTargetTime ? state.fastForwardTargetTime.nanoseconds : nil, at: time)
  }

  /// The setting was changed.
  mutating func applyTimeSkipping(_ config: TimeSkippingConfig?, at time: Int64) {
    if let config { record.timeSkipping = config } else { record.clearTimeSkipping() }
    record.skipCount = 0
    startFastForward(to: nil, at: time)
  }

  /// The clock jumped, or a fast-forward was at its end, or both.
  mutating func applyTimeSkipped(
    _ attributes: Temporal_Api_History_V1_WorkflowExecutionTimeSkippingTransitionedEventAttributes, at time: Int64
  ) {
    if attributes.hasTargetTime {
      let jump = attributes.targetTime.nanoseconds.addingClamped(-time)
      record.skipped = record.skipped.addingClamped(jump)
    }
    if attributes.disabledAfterFastForward, record.fastForwardDue > 0 {
      record.fastForwardReached = true
      record.timeSkipping.enabled = false
    }
    record.skipCount += 1
    if record.timeSkipping.enabled, record.skipCount >= record.timeSkipping.maxSessionSkipCount {
      record.timeSkipping.enabled = false
    }
  }

  private mutating func startFastForward(to target: Int64?, at time: Int64) {
    record.fastForwardDue = 0
    record.fastForwardReached = false
    guard record.timeSkipping.hasFastForwardConfig else { return }
    record.fastForwardDue = target ?? time.addingClamped(record.timeSkipping.fastForwardConfig.duration.nanoseconds)
    if let target, target <= time {
      record.fastForwardReached = true
      record.timeSkipping.enabled = false
    }
  }

  /// When the clock reaches the end of a fast-forward, which turns skipping off; 0 without one.
  var pendingFastForwardDue: Int64 {
    record.timeSkipping.enabled && !record.fastForwardReached ? record.fastForwardDue : 0
  }

  /// Whether the run has a setting or a clock of its own.
  private var knowsTimeSkipping: Bool { record.hasTimeSkipping || record.skipped > 0 }

  /// What the next run of the chain takes over: setting and clock.
  var timeSkippingForNextRun: (config: TimeSkippingConfig?, state: TimeSkippingPropagation?) {
    guard knowsTimeSkipping else { return (nil, nil) }
    return (
      record.hasTimeSkipping ? record.timeSkipping : nil,
      .with {
        $0.initialSkipCount = record.skipCount
        $0.initialSkippedDuration = record.skipped.protobufDuration
        if record.fastForwardDue > 0 { $0.fastForwardTargetTime = record.fastForwardDue.timestamp }
      }
    )
  }

  /// What a child takes over: the clock and, unless the setting says otherwise, the setting less its fast-forward.
  var timeSkippingForChild: (config: TimeSkippingConfig?, state: TimeSkippingPropagation?) {
    guard knowsTimeSkipping else { return (nil, nil) }
    let state: TimeSkippingPropagation? =
      record.skipped > 0 ? .with { $0.initialSkippedDuration = record.skipped.protobufDuration } : nil
    guard record.hasTimeSkipping, !record.timeSkipping.disablePropagation else { return (nil, state) }
    var config = record.timeSkipping
    config.clearFastForwardConfig()
    return (config, state)
  }

  /// As a description of the run shows it; `nil` for a run that has nothing to do with skipping time.
  ///
  /// - Parameter now: The server's clock.
  func timeSkippingInfo(at now: Int64) -> Temporal_Api_Common_V1_TimeSkippingInfo? {
    guard knowsTimeSkipping else { return nil }
    return .with {
      $0.currentTime = now.addingClamped(record.skipped).timestamp
      if record.hasTimeSkipping { $0.effectiveConfig = record.timeSkipping }
    }
  }
}
