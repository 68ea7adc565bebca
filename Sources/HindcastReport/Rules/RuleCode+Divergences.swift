import HindcastCore

extension RuleCode {
  /// The rules of which commands there are.
  var commandRule: RuleDescription? {
    switch self {
    case .missingCommand:
      RuleDescription(
        .error, "Command missing",
        "The history holds an event that a command of the code made, and the code no longer issues that command.",
        Remedy.gate)
    case .extraCommand:
      RuleDescription(
        .error, "Command added", "The code issues a command at a place where the history has none.", Remedy.gate)
    case .commandsReordered:
      RuleDescription(
        .error, "Commands in another order", "The code issues the recorded commands, but in another order.",
        "Restore the order, or choose it behind a workflow.version gate.")
    case .commandKindChanged:
      RuleDescription(
        .error, "Another kind of command",
        "The code issues a command of another kind than the history has there, such as an activity instead of a timer.",
        Remedy.gate)
    case .completedEarly:
      RuleDescription(
        .error, "Ends too early", "The code ends the workflow where the history goes on.", Remedy.gate)
    case .notCompleted:
      RuleDescription(
        .error, "Does not end", "The history closes the workflow, but the code goes on or still waits.", Remedy.gate)
    case .closeKindChanged:
      RuleDescription(
        .error, "Ends otherwise",
        "The code ends the workflow in another way than recorded: it fails instead of completing, say.", Remedy.gate)
    default: nil
    }
  }

  /// The rules of what commands are aimed at.
  var identityRule: RuleDescription? {
    switch self {
    case .activityTypeChanged:
      RuleDescription(
        .error, "Activity type changed", "The code schedules an activity of another type than the history has there.",
        Remedy.keepName)
    case .activityIDChanged:
      RuleDescription(
        .error, "Activity ID changed", "The code schedules the activity under another ID than the history has.",
        "Keep explicit IDs as they were; generated ones shift when a command before is added or removed.")
    case .timerIDChanged:
      RuleDescription(
        .error, "Timer ID changed", "The code starts a timer under another ID than the history has.",
        "IDs of timers count the commands before: look for one that was added or removed earlier.")
    case .childTypeChanged:
      RuleDescription(
        .error, "Child workflow type changed", "The code starts a child of another type than the history has there.",
        Remedy.keepName)
    case .childIDChanged:
      RuleDescription(
        .error, "Child workflow ID changed", "The code starts the child under another workflow ID than recorded.",
        "Keep the ID, and derive it from nothing but the input and recorded values.")
    case .signalChanged:
      RuleDescription(
        .error, "Signal changed",
        "The code sends a signal of another name, or to another workflow, than the history has.", Remedy.keepName)
    case .cancelTargetChanged:
      RuleDescription(
        .error, "Cancellation of another workflow",
        "The code asks for the cancellation of another workflow than the history has.", Remedy.gate)
    default: nil
    }
  }

  /// The rules of versions, side effects, local activities and updates.
  var markerRule: RuleDescription? {
    switch self {
    case .markerChanged:
      RuleDescription(
        .error, "Marker changed", "The code records another marker than the history has there.", Remedy.gate)
    case .updateChanged:
      RuleDescription(
        .error, "Update changed", "The code handles an update otherwise than the history has it.",
        "Keep the handlers of updates, with their names, for as long as runs with such updates are replayed.")
    case .versionUnsupported:
      RuleDescription(
        .error, "Version no longer supported",
        "The history recorded a version of a change that is outside the range that the code passes to workflow.version.",
        "Widen the range until no run with that version is left.")
    case .versionUpsertMissing:
      RuleDescription(
        .error, "Version without its search attribute",
        "A version marker is not followed by the search attribute TemporalChangeVersion that its SDK writes.",
        Remedy.export)
    case .sideEffectAdded:
      RuleDescription(
        .error, "Side effect added", "The code asks for a recorded side effect that the history does not have.",
        Remedy.gate)
    case .mutableSideEffectAdded:
      RuleDescription(
        .error, "Mutable side effect added",
        "The code asks for a recorded mutable side effect that the history does not have.", Remedy.gate)
    case .localActivityChanged:
      RuleDescription(
        .error, "Local activity changed", "The code runs another local activity than the history has there.",
        Remedy.gate)
    case .unexpectedResolution:
      RuleDescription(
        .error, "Result of nothing", "The history resolves an operation that the code did not begin.", Remedy.gate)
    case .updateUnanswered:
      RuleDescription(
        .error, "Update not answered", "The history has an update accepted or completed that the code does not.",
        "Keep the handler of the update, and let it end.")
    case .illegalState:
      RuleDescription(
        .error, "Impossible state", "Code and history put an operation into a state that it cannot be in.",
        "Look for a command before it that was added, removed or cancelled otherwise.")
    case .reportedByWorker:
      RuleDescription(
        .error, "Reported by the worker", "A worker of another SDK finds that code and history diverge.",
        "The worker's own message says where. \(Remedy.gate)")
    default: nil
    }
  }
}
