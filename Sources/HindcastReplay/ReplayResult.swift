public import HindcastHistory

/// What comes of a source.
public enum ReplayResult: Sendable {
  /// A history got its verdict.
  case verdict(HistoryVerdict)
  /// A file that was found in a folder is no history, and nobody said it were.
  case passedOver(HistoryError)
  /// A source that was asked for by name is no history, or a file cannot be read.
  case unreadable(HistoryError)
  /// A suite's `expected.yaml` is wrong.
  case suiteError(SuiteError)
}

extension ReplayResult {
  /// What comes of a source that could not be read as histories.
  public init(_ error: HistoryError, reading source: HistorySource) {
    self =
      switch error.code {
      case .unreadable: .unreadable(error)
      case .unrecognized: source.isExplicit ? .unreadable(error) : .passedOver(error)
      default: .verdict(HistoryVerdict(unreadable: error))
      }
  }
}
