import HindcastCore
import HindcastHistory
public import HindcastReplay

/// One JSON object a line for each history, and a last line with the summary.
///
/// The members are a contract with other tools: none is renamed or dropped, and a member that a history has no value for is
/// left out.
public struct JSONReporter: Reporter {
  private let output: any ReportOutput
  private var sources: SourceFiles

  /// Makes a reporter.
  /// - Parameters:
  ///   - output: where the lines go.
  ///   - workingDirectory: the folder that paths of code are relative to.
  public init(to output: any ReportOutput, workingDirectory: String) {
    self.output = output
    sources = SourceFiles(workingDirectory: workingDirectory)
  }

  /// Writes a history's line.
  public mutating func report(_ verdict: HistoryVerdict) throws(OutputError) {
    try output.write(line(of: verdict) + "\n")
  }

  /// Writes the summary's line.
  public mutating func finish(_ summary: ReplaySummary) throws(OutputError) {
    var counts = JSONObject()
    counts.add("total", summary.total)
    for verdict in [Verdict.passed, .nondeterministic, .deadlocked, .failed, .invalid, .skipped] {
      counts.add(verdict.rawValue, summary[verdict])
    }
    counts.add("events", summary.events)
    counts.add("seconds", json: JSONObject.seconds(summary.seconds))
    var line = JSONObject()
    line.add("summary", json: counts.closed)
    try output.write(line.closed + "\n")
  }

  // MARK: A history

  private mutating func line(of verdict: HistoryVerdict) -> String {
    var object = JSONObject()
    object.add("history", verdict.name)
    object.add("workflowType", verdict.workflowType)
    object.add("workflowId", verdict.workflowID)
    object.add("runId", verdict.runID)
    object.add("events", verdict.events)
    object.add("verdict", verdict.verdict.rawValue)
    if let failure = verdict.failure {
      object.add("rule", failure.rule.rawValue)
      object.add("code", verdict.code)
      addDetails(of: failure, app: verdict.appDirectory, to: &object)
    }
    object.add("sdk", verdict.sdkVerdict)
    object.add("worker", verdict.worker)
    let warnings = verdict.warnings.map { finding in
      var warning = JSONObject()
      warning.add("rule", finding.rule.rawValue)
      warning.add("severity", finding.severity.rawValue)
      addDetails(of: finding, app: verdict.appDirectory, to: &warning)
      return warning.closed
    }
    object.add("warnings", array: warnings)
    if !verdict.faults.isEmpty { object.add("faults", array: verdict.faults.map(Self.json)) }
    if !verdict.pendingCommands.isEmpty {
      object.add("pendingCommands", array: verdict.pendingCommands.map(JSONObject.quoted))
    }
    if let asExpected = verdict.asExpected { object.add("asExpected", asExpected) }
    return object.closed
  }

  private mutating func addDetails(of finding: Finding, app: String?, to object: inout JSONObject) {
    if let eventID = finding.eventID { object.add("eventId", eventID) }
    object.add("message", finding.message)
    if let event = finding.expected { object.add("expected", json: HistoryWriter.json(event, indented: false)) }
    if let issued = finding.actual { object.add("actual", json: HistoryWriter.json(issued.command, indented: false)) }
    if !finding.differences.isEmpty { object.add("differences", array: finding.differences.map(Self.json)) }
    if let location = finding.location { object.add("location", json: json(location, app: app)) }
    if !finding.stack.isEmpty { object.add("stack", array: finding.stack.map { json($0, app: app) }) }
    if !finding.coroutines.isEmpty {
      object.add("coroutines", array: finding.coroutines.map { json($0, app: app) })
    }
    if !finding.matchedBefore.isEmpty {
      object.add("matchedBefore", array: finding.matchedBefore.map { json($0, app: app) })
    }
    object.add("hint", finding.hint)
    if let explanation = finding.explanation { object.add("explanation", json: json(explanation, app: app)) }
  }

  // MARK: Parts

  private static func json(_ fault: HistoryFinding) -> String {
    var object = JSONObject()
    object.add("code", fault.code.rawValue)
    object.add("severity", fault.severity.rawValue)
    if let eventID = fault.eventID { object.add("eventId", eventID) }
    object.add("pointer", fault.pointer)
    if let line = fault.line { object.add("line", line) }
    object.add("message", fault.message)
    return object.closed
  }

  static func json(_ difference: FieldDifference) -> String {
    var object = JSONObject()
    object.add("field", difference.field)
    object.add("expected", difference.expected)
    object.add("actual", difference.actual)
    return object.closed
  }

  mutating func json(_ location: SourceLocation, app: String?) -> String {
    let location = sources.resolve(location, app: app)
    var object = JSONObject()
    object.add("file", location.file)
    object.add("line", location.line)
    if let column = location.column { object.add("column", column) }
    return object.closed
  }

  private mutating func json(_ frame: StackFrame, app: String?) -> String {
    var object = JSONObject()
    if let location = frame.location { object.add("location", json: json(location, app: app)) }
    object.add("function", frame.function)
    return object.closed
  }

  private mutating func json(_ coroutine: CoroutineStack, app: String?) -> String {
    var object = JSONObject()
    object.add("name", coroutine.name)
    object.add("waitingFor", coroutine.waitingFor)
    object.add("stack", array: coroutine.frames.map { json($0, app: app) })
    return object.closed
  }

  private mutating func json(_ command: MatchedCommand, app: String?) -> String {
    var object = JSONObject()
    object.add("eventId", command.eventID)
    object.add("command", command.summary)
    if let location = command.location { object.add("location", json: json(location, app: app)) }
    return object.closed
  }
}
