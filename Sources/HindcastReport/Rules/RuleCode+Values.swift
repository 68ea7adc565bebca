import HindcastCore

extension RuleCode {
  /// The rules of what no SDK compares.
  var valueRule: RuleDescription? {
    let (title, explanation): (String, String)
    var severity = Severity.warning
    switch self {
    case .inputChanged:
      title = "Input changed"
      explanation = "The code passes another input to an activity or a child than the history has."
    case .typePrefixChanged:
      title = "Namespace of a type changed"
      explanation = "The type of an activity differs before its last dot, which the Go SDK does not compare."
    case .durationChanged:
      title = "Timer of another length"
      explanation = "The code starts a timer of another length than the history has."
    case .optionsChanged:
      title = "Options changed"
      explanation = "Timeouts, retries, the task queue or headers are others than the history has."
      severity = .info
    case .signalInputChanged:
      title = "Input of a signal changed"
      explanation = "The code sends a signal with another input than the history has."
    case .runIDChanged:
      title = "Another run addressed"
      explanation = "The code addresses another run of the same workflow than the history has."
    case .searchAttributesChanged:
      title = "Search attributes changed"
      explanation = "The code sets other search attributes than the history has."
    case .memoChanged:
      title = "Memo changed"
      explanation = "The code sets another memo than the history has."
    case .resultChanged:
      title = "Result changed"
      explanation = "The workflow ends with another result than the history has."
    case .failureChanged:
      title = "Failure changed"
      explanation = "The workflow fails with another failure than the history has."
    case .continueAsNewChanged:
      title = "Continues otherwise"
      explanation = "The workflow continues as new with another type or input than the history has."
    case .updateResultChanged:
      title = "Result of an update changed"
      explanation = "An update ends with another result than the history has."
    default: return nil
    }
    return RuleDescription(severity, title, explanation, Remedy.intended)
  }
}
