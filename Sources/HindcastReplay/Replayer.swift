public import HindcastCore
public import HindcastHistory

/// Replays histories against workflow code, several at a time.
public struct Replayer: Sendable {
  private let provider: any WorkflowCodeProvider
  /// How histories are replayed.
  public var options: ReplayOptions

  /// Makes a replayer.
  /// - Parameter provider: says which code belongs to which history.
  public init(_ provider: any WorkflowCodeProvider, options: ReplayOptions = ReplayOptions()) {
    self.provider = provider
    self.options = options
  }

  /// Makes a replayer of one app's code.
  public init(code: any WorkflowCode, options: ReplayOptions = ReplayOptions()) {
    self.init(SingleApp(AppCode(code)), options: options)
  }

  /// Replays the histories of the sources, in parallel, and gives the results in the order of the sources.
  ///
  /// Sources are taken one after another as threads become free, so any number of them needs no more memory than a few.
  public func results(of sources: sending some Sequence<HistorySource>) -> ReplayResults {
    ReplayResults(sources, provider: provider, options: options)
  }

  /// Replays one history on the calling thread.
  ///
  /// `ReplayOptions.timeout` does not apply, because a thread cannot give itself up.
  public func verdict(on history: WorkflowHistory) -> HistoryVerdict {
    let app = Result { () throws(WorkflowLoadError) in try provider.code(forFile: history.origin.name) }
    var judge = HistoryJudge(options)
    var verdict = HistoryVerdict(of: history)
    judge.judge(history, with: app, into: &verdict)
    if options.isStrict { verdict.promoteWarnings() }
    return verdict
  }
}
