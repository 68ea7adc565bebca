public import HindcastCore
public import HindcastHistory

/// What became of one history, with everything that a report may say about it.
public struct HistoryVerdict: Sendable {
  /// The file as its path was given, or the name of the source.
  public var file: String
  /// The place of the history among those of the file, from 0.
  public var index: Int
  /// How many histories the file holds.
  public var count: Int
  /// The workflow type; nil where the first event does not name one.
  public var workflowType: String?
  /// The workflow ID, where the history tells it.
  public var workflowID: String?
  /// The run ID, where the history tells it.
  public var runID: String?
  /// How many events the history has.
  public var events: Int
  /// How many workflow tasks ran.
  public var tasks: Int

  /// The verdict.
  public var verdict: Verdict
  /// The finding that decided it; nil when it passed.
  public var failure: Finding?
  /// Further findings, in the order of the history.
  public var warnings: [Finding]
  /// What the validator found in the history, with the places in the file; information left out.
  public var faults: [HistoryFinding]
  /// What code would do next in an open history, in words.
  public var pendingCommands: [String]
  /// What the Go SDK's replayer prints; nil where it accepts the history or was not asked.
  public var sdkVerdict: String?
  /// The worker that replayed the history, where it was one that another process runs.
  public var worker: String?
  /// What the history ran of the code, where `ReplayOptions.collectsCoverage` asks for it and code ran.
  public var coverage: HistoryCoverage?
  /// Whether the verdict is a warning that `ReplayOptions.isStrict` made a failure.
  public var isPromoted: Bool

  /// What the suite's `expected.yaml` says of the history, where it names it.
  public var expectation: Expectation?
  /// The folder of the app whose code ran, as the user would type it; nil for code that is in no folder.
  public var appDirectory: String?
  /// How long it took, in seconds.
  public var seconds: Double
  /// The history, where it did not pass, so that reports can show it around the failure.
  public var history: WorkflowHistory?

  /// Describes a history that passed so far.
  public init(of history: WorkflowHistory, appDirectory: String? = nil) {
    file = history.origin.file ?? history.origin.name
    index = history.origin.index
    count = history.origin.count
    workflowType = history.workflowTypeName
    workflowID = history.workflowID
    runID = history.runID
    events = history.events.count
    tasks = 0
    verdict = .passed
    warnings = []
    faults = []
    pendingCommands = []
    isPromoted = false
    self.appDirectory = appDirectory
    seconds = 0
  }

  /// Describes a history that was validated: it passed so far, or is invalid.
  ///
  /// What its reader had to interpret and the validator only wonders about are warnings; the first error is the failure.
  public init(validating history: WorkflowHistory) {
    self.init(of: history)
    validate(history)
  }

  /// Describes a file that is meant to hold a history and cannot be read as one.
  public init(unreadable error: HistoryError) {
    file = error.file
    index = 0
    count = 1
    events = 0
    tasks = 0
    verdict = .invalid
    warnings = []
    faults = []
    pendingCommands = []
    isPromoted = false
    seconds = 0
    failure = Finding(.invalidHistory, .error, error.descriptionInFile, eventID: error.eventID, hint: error.hint)
  }
}

extension HistoryVerdict {
  /// Takes in what reader and validator have to say of the history.
  mutating func validate(_ history: WorkflowHistory) {
    warnings = history.notes.map(Finding.init)
    faults = HistoryValidator.findings(in: history).filter { $0.severity > .info }
    guard let error = faults.first(where: { $0.severity == .error }) else { return }
    warnings += Finding.summaries(of: faults.filter { $0 != error })
    verdict = .invalid
    failure = Finding(error)
  }

  /// The file, with the history's place in it when there are several: `export.binpb#3`.
  public var name: String { count > 1 ? "\(file)#\(index + 1)" : file }

  /// The code that every Temporal SDK prints with such a failure, where there is one.
  public var code: String? {
    guard !isPromoted else { return nil }
    return switch verdict {
    case .nondeterministic: "TMPRL1100"
    case .deadlocked: "TMPRL1101"
    case .passed, .failed, .invalid, .skipped: nil
    }
  }

  /// Whether the verdict is the one that `expected.yaml` asks for; nil where it does not name the history.
  public var asExpected: Bool? { expectation?.isMet(by: self) }

  /// Whether the history lets a check go green: it passed, or it turned out as `expected.yaml` says.
  ///
  /// A history that was skipped fails nothing; that everything was skipped is for the caller to notice.
  public var isAcceptable: Bool { asExpected ?? (verdict == .passed || verdict == .skipped) }
}

extension HistoryError {
  /// The place inside the file and the message: what is left to say beside the file's name.
  var descriptionInFile: String {
    var place: [String] = []
    if let line, let column { place.append("line \(line), column \(column)") }
    if line == nil, let offset { place.append("byte \(offset)") }
    if let eventID { place.append("event \(eventID)") }
    if let pointer, !pointer.isEmpty { place.append("at \(pointer)") }
    return place.isEmpty ? message : "\(message) (\(place.joined(separator: ", ")))"
  }
}
