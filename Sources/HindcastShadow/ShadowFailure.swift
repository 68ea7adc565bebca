public import HindcastCore
public import HindcastFetch
internal import HindcastHistory
public import HindcastReplay

/// A run that did not pass, as it travels from worker to workflow to report.
public struct ShadowFailure: Sendable, Hashable, Codable {
  /// The run.
  public var run: RunKey
  /// The workflow's type.
  public var workflowType: String?
  /// How many events its history has.
  public var events: Int
  /// The verdict.
  public var verdict: Verdict
  /// The rule that decided it.
  public var rule: RuleCode?
  /// What is wrong.
  public var message: String?
  /// The event that it is about.
  public var eventID: Int64?
  /// That event as JSON.
  public var event: String?
  /// Where workflow code stood.
  public var location: Location?
  /// What may be done about it.
  public var hint: String?
  /// What the Go SDK says of it.
  public var sdkVerdict: String?

  /// A place in workflow code.
  public struct Location: Sendable, Hashable, Codable {
    /// The file.
    public var file: String
    /// The line.
    public var line: Int
    /// The column.
    public var column: Int?
  }

  /// The most characters of a text that travel along.
  private static let textLimit = 1000

  init(_ verdict: HistoryVerdict, of run: RunKey) {
    self.run = run
    workflowType = verdict.workflowType
    events = verdict.events
    self.verdict = verdict.verdict
    sdkVerdict = verdict.sdkVerdict.map(Self.cut)
    guard let failure = verdict.failure else { return }
    rule = failure.rule
    message = Self.cut(failure.message)
    eventID = failure.eventID
    hint = failure.hint.map(Self.cut)
    location = failure.location.map { Location(file: $0.file, line: $0.line, column: $0.column) }
    // An event with large payloads is better looked at where it is.
    event = failure.expected.map { HistoryWriter.json($0, indented: false) }.flatMap { $0.utf8.count > 2000 ? nil : $0 }
  }

  private static func cut(_ text: String) -> String {
    text.count <= textLimit ? text : text.prefix(textLimit) + "…"
  }
}

extension HistoryVerdict {
  /// The verdict as reports take it.
  ///
  /// - Parameter appDirectory: The folder of the app that was replayed, in which reports look for lines of code.
  public init(_ failure: ShadowFailure, appDirectory: String?) {
    let event = failure.event.flatMap { text in
      try? HistoryReader.histories(from: Array("{\"events\":[\(text)]}".utf8), named: "event").first?.events.first
    }
    self.init(
      of: WorkflowHistory(events: [], workflowID: failure.run.workflowID, runID: failure.run.runID),
      appDirectory: appDirectory)
    file = "\(failure.run.workflowID)/\(failure.run.runID)"
    workflowType = failure.workflowType
    events = failure.events
    verdict = failure.verdict
    sdkVerdict = failure.sdkVerdict
    guard let rule = failure.rule else { return }
    self.failure = Finding(
      rule, .error, failure.message ?? "", eventID: failure.eventID, expected: event,
      location: failure.location.map { SourceLocation(file: $0.file, line: $0.line, column: $0.column) },
      hint: failure.hint)
  }
}
