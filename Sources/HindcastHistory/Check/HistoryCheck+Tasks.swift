import TemporalAPI

// The rules about workflow tasks and the end of the run.

extension HistoryCheck {
  /// H006: SCHEDULED → (STARTED → (COMPLETED / FAILED / TIMED_OUT) / TIMED_OUT).
  mutating func checkTask(_ event: HistoryEvent, _ index: Int) {
    let next: TaskState
    let isAllowed: Bool
    switch event.eventType {
    case .workflowTaskScheduled: (next, isAllowed) = (.scheduled, task == .none)
    case .workflowTaskStarted: (next, isAllowed) = (.started, task == .scheduled)
    case .workflowTaskCompleted: (next, isAllowed) = (.none, task == .started)
    case .workflowTaskFailed, .workflowTaskTimedOut: (next, isAllowed) = (.none, task != .none)
    default: return
    }
    if !isAllowed {
      let state =
        switch task {
        case .none: "no workflow task is pending"
        case .scheduled: "a workflow task is scheduled and not yet started"
        case .started: "a workflow task is running"
        }
      log.add(.workflowTaskOrder, .error, at: index, "\(event.eventType.displayName) comes while \(state)")
    }
    task = next
  }

  /// H008: command events directly follow the completion of their workflow task.
  mutating func checkPlacement(_ event: HistoryEvent, _ index: Int) {
    if event.eventType == .workflowTaskCompleted {
      acceptsCommands = true
    } else if event.eventType.isCommandEvent {
      if !acceptsCommands {
        let before = index > 0 ? history.events[index - 1].eventType.displayName : "nothing"
        log.add(
          .commandPlacement, .warning, at: index,
          "\(event.eventType.displayName) follows \(before), not the completion of a workflow task and its commands")
      }
    } else if !event.eventType.mayStandBetweenCommands {
      acceptsCommands = false
    }
  }

  /// H009: at most one event closes the run, and it is the last.
  mutating func checkClose(_ event: HistoryEvent, _ index: Int) {
    if let closedBy {
      let severity: HistoryFinding.Severity = isStrict ? .error : .warning
      log.add(
        .eventsAfterClose, severity, at: index,
        "\(event.eventType.displayName) follows event \(closedBy.eventID), \(closedBy.eventType.displayName), which closed the run"
      )
    } else if event.eventType.closesWorkflow {
      closedBy = event
    }
  }

  /// H016: the SDK flags are known.
  mutating func checkFlags(_ event: HistoryEvent, _ index: Int) {
    guard case .workflowTaskCompletedEventAttributes(let completed)? = event.attributes, completed.hasSdkMetadata else {
      return
    }
    // A worker names itself only when the name changed.
    if !completed.sdkMetadata.sdkName.isEmpty { sdkName = completed.sdkMetadata.sdkName }
    // Flags are numbered by each SDK on its own; workers from before names were recorded are Go's or do not matter.
    guard sdkName.isEmpty || sdkName == "temporal-go" else { return }
    let unknown = completed.sdkMetadata.langUsedFlags.filter { !Self.goFlags.contains($0) }
    guard let first = unknown.first else { return }
    let severity: HistoryFinding.Severity =
      switch profile {
      case .analysis: .warning
      case .go: .error
      case .core: .info
      }
    log.add(
      .unknownSDKFlag, severity, at: index, field: "\(event.eventType.attributesKey)/sdkMetadata/langUsedFlags",
      "the SDK flag \(first) is unknown; the Go SDK refuses to replay this history")
  }

  /// The flags of the Go SDK (`internal/internal_flags.go`).
  private static let goFlags: ClosedRange<UInt32> = 1...8
}

extension EventType {
  /// Whether the server may record an event of this type among the command events of a workflow task.
  fileprivate var mayStandBetweenCommands: Bool {
    switch self {
    case .workflowTaskFailed, .workflowTaskTimedOut, .workflowExecutionOptionsUpdated,
      .workflowPropertiesModifiedExternally, .activityPropertiesModifiedExternally, .workflowExecutionPaused,
      .workflowExecutionUnpaused, .workflowExecutionUpdateAdmitted, .workflowExecutionTimeSkippingTransitioned,
      .activityTaskCanceled:
      // The server records the cancellation of an activity that no worker has yet directly after the request.
      true
    default: false
    }
  }
}
