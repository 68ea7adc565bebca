/// Where a command stands between the code that asked for it and the events that answer it.
///
/// The twelve states and all transitions are the Go SDK's (`internal_command_state_machine.go`; spec/replay.md 4.1): they decide
/// which history is legal for which code, so they are kept as they are, even where fewer would do.
enum CommandState: UInt8, Sendable {
  case created, commandSent, canceledBeforeInitiated, initiated, started, canceledAfterInitiated, canceledAfterStarted
  case cancellationCommandSent, completedAfterCancellationCommandSent, completed, canceledBeforeSent
  case cancellationCommandAccepted

  var name: String {
    let text = "\(self)"
    return text.prefix(1).uppercased() + text.dropFirst()
  }
}

/// What can happen to a command.
enum CommandInput: Sendable {
  case cancel, commandSent, initiated, initiationFailed, started, completion, cancelInitiated, cancelFailed, canceled
  case externalCancelRequested

  /// The name that the Go SDK prints.
  var name: String {
    switch self {
    case .cancel: "cancel"
    case .commandSent: "handleCommandSent"
    case .initiated: "handleInitiatedEvent"
    case .initiationFailed: "handleInitiationFailedEvent"
    case .started: "handleStartedEvent"
    case .completion: "handleCompletionEvent"
    case .cancelInitiated: "handleCancelInitiatedEvent"
    case .cancelFailed: "handleCancelFailedEvent"
    case .canceled: "handleCanceledEvent"
    case .externalCancelRequested: "handleExternalWorkflowExecutionCancelRequested"
    }
  }
}

/// The kinds of machine. Raw values order nothing; `name` is the Go SDK's word in messages.
enum CommandKind: UInt8, Sendable {
  case activity, childWorkflow, cancellation, marker, timer, signal, upsertSearchAttributes, cancelTimer
  case requestCancelActivityTask, modifyProperties, protocolMessage

  var name: String {
    switch self {
    case .activity: "Activity"
    case .childWorkflow: "ChildWorkflow"
    case .cancellation: "Cancellation"
    case .marker: "Marker"
    case .timer: "Timer"
    case .signal: "Signal"
    case .cancelTimer: "CancelTimer"
    case .requestCancelActivityTask: "RequestCancelActivityTask"
    case .upsertSearchAttributes, .modifyProperties, .protocolMessage: "Unknown"
    }
  }
}

extension CommandKind {
  /// The state after `input`, or nil where the Go SDK panics with an illegal transition.
  func next(_ state: CommandState, on input: CommandInput) -> CommandState? {
    switch self {
    case .activity: activity(state, input) ?? base(state, input)
    case .timer: timer(state, input) ?? base(state, input)
    case .childWorkflow: child(state, input)
    case .cancellation, .signal: external(state, input)
    case .marker, .upsertSearchAttributes, .modifyProperties, .protocolMessage:
      input == .commandSent && state == .created ? .completed : (input == .commandSent ? state : nil)
    case .cancelTimer, .requestCancelActivityTask:
      // These are done once sent; the machine they cancel carries on.
      input == .commandSent && state == .created ? .completed : (input == .commandSent ? state : nil)
    }
  }

  private func base(_ state: CommandState, _ input: CommandInput) -> CommandState? {
    switch (input, state) {
    case (.commandSent, .created): .commandSent
    case (.commandSent, _): state
    case (.cancel, .created): .canceledBeforeSent
    case (.cancel, .commandSent): .cancellationCommandSent
    case (.cancel, .initiated): .canceledAfterInitiated
    case (.cancel, .completed), (.cancel, .completedAfterCancellationCommandSent), (.cancel, .canceledAfterInitiated),
      (.cancel, .cancellationCommandSent):
      state
    case (.initiated, .commandSent): .initiated
    case (.initiated, .canceledBeforeInitiated), (.initiated, .canceledBeforeSent),
      (.initiated, .cancellationCommandSent):
      .canceledAfterInitiated
    case (.initiationFailed, .initiated), (.initiationFailed, .commandSent),
      (.initiationFailed, .canceledBeforeInitiated),
      (.initiationFailed, .cancellationCommandSent):
      .completed
    case (.started, _): state
    case (.completion, .canceledAfterInitiated), (.completion, .initiated): .completed
    case (.completion, .cancellationCommandSent): .completedAfterCancellationCommandSent
    case (.cancelInitiated, .cancellationCommandSent), (.cancelInitiated, .canceledAfterInitiated): state
    case (.cancelInitiated, .initiated): .canceledAfterInitiated
    case (.cancelFailed, .completedAfterCancellationCommandSent): .completed
    case (.canceled, .cancellationCommandSent), (.canceled, .canceledAfterInitiated),
      (.canceled, .canceledAfterStarted),
      (.canceled, .cancellationCommandAccepted):
      .completed
    default: nil
    }
  }

  private func activity(_ state: CommandState, _ input: CommandInput) -> CommandState? {
    input == .commandSent && state == .canceledAfterInitiated ? .cancellationCommandSent : nil
  }

  private func timer(_ state: CommandState, _ input: CommandInput) -> CommandState? {
    input == .commandSent && state == .canceledAfterInitiated ? .cancellationCommandSent : nil
  }

  private func child(_ state: CommandState, _ input: CommandInput) -> CommandState? {
    switch (input, state) {
    case (.commandSent, .canceledAfterStarted): .cancellationCommandSent
    case (.started, .initiated): .started
    case (.started, .canceledAfterInitiated): .canceledAfterStarted
    case (.initiated, .cancellationCommandSent): nil
    case (.cancelFailed, .cancellationCommandSent): .started
    case (.cancel, .started): .canceledAfterStarted
    case (.canceled, .started): .completed
    case (.canceled, .cancellationCommandSent): .completedAfterCancellationCommandSent
    case (.completion, .started), (.completion, .canceledAfterStarted),
      (.completion, .completedAfterCancellationCommandSent), (.completion, .cancellationCommandAccepted):
      .completed
    case (.externalCancelRequested, .completedAfterCancellationCommandSent): .completed
    case (.externalCancelRequested, _): .cancellationCommandAccepted
    default: base(state, input)
    }
  }

  private func external(_ state: CommandState, _ input: CommandInput) -> CommandState? {
    switch (input, state) {
    case (.commandSent, .created): .commandSent
    case (.commandSent, _): state
    case (.initiated, .commandSent): .initiated
    case (.completion, .initiated): .completed
    default: nil
    }
  }
}
