import HindcastCore
import HindcastHistory
public import HindcastReplay
import TemporalAPI

/// SARIF 2.1.0: a result for each finding that is worth a look, at its place in the code.
///
/// A history that turned out as `expected.yaml` says has no result for what was expected.
public struct SARIFReporter: Reporter {
  private let output: any ReportOutput
  private var sources: SourceFiles
  private var log: SARIFLog

  /// Makes a reporter, which writes when it is finished.
  public init(to output: any ReportOutput, context: ReportContext) {
    self.output = output
    sources = SourceFiles(workingDirectory: context.workingDirectory)
    log = SARIFLog(
      tool: "Hindcast", version: context.version, rules: RuleCode.allCases.map(SARIFLog.Rule.init) + [.unexpected],
      startTime: context.startTime)
  }

  /// Takes a history in.
  public mutating func report(_ verdict: HistoryVerdict) {
    if !verdict.isAcceptable {
      if let failure = verdict.failure {
        log.add(result(failure, of: verdict, level: .error))
      } else {
        var result = SARIFResult(
          ruleID: SARIFLog.Rule.unexpected.id, level: .error, message: "\(verdict.name): \(verdict.failureTitle)",
          location: SARIFLocation(file: sources.relative(verdict.file), line: 1))
        result.fingerprints = [("hindcastHistory/v1", Fingerprint(verdict.name).text)]
        log.add(result)
      }
    }
    for warning in verdict.warnings {
      log.add(result(warning, of: verdict, level: SARIFLog.Level(warning.severity)))
    }
  }

  /// Takes in what could not be replayed.
  public mutating func report(_ problem: InputProblem) {
    let file = problem.file.map { sources.relative($0) }
    log.add(notification: problem.message, at: file.map { SARIFLocation(file: $0, line: problem.line) })
  }

  /// Writes the log.
  public mutating func finish(_ summary: ReplaySummary) throws(OutputError) { try output.write(log.json) }

  // MARK: A finding

  private mutating func result(
    _ finding: Finding, of verdict: HistoryVerdict, level: SARIFLog.Level
  ) -> SARIFResult {
    let code = sources.place(of: finding, app: verdict.appDirectory)
    var line: Substring?
    let location: SARIFLocation
    if let code {
      line = sources.excerpt(at: code, before: 0, after: 0).first?.text
      location = SARIFLocation(file: code.file, line: code.line, column: code.column, snippet: line.map(String.init))
    } else {
      let fault = verdict.faults.first { $0.severity == .error && $0.eventID == finding.eventID }
      location = SARIFLocation(file: sources.relative(verdict.file), line: fault?.line ?? 1)
    }
    var text = finding.sentences
    if let expectation = verdict.expectation, level == .error { text.append("Expected: \(expectation)") }
    text.append("History: \(verdict.name)" + (finding.eventID.map { ", event \($0)" } ?? ""))
    var result = SARIFResult(
      ruleID: finding.rule.rawValue, level: level, message: text.joined(separator: "\n"), location: location)
    result.related = related(to: finding, of: verdict)
    result.flow = flow(to: finding, at: location, of: verdict)
    result.stacks = stacks(of: finding, app: verdict.appDirectory)
    result.fingerprints = fingerprints(of: finding, in: verdict, code: code, line: line)
    result.properties = properties(of: finding, in: verdict)
    return result
  }

  /// The history and the event, the commands that matched before, and where the fix goes.
  private mutating func related(to finding: Finding, of verdict: HistoryVerdict) -> [SARIFLocation] {
    let event = finding.expected.map { "event \($0.eventID)  \($0.summary)" } ?? finding.eventID.map { "event \($0)" }
    var locations = [
      SARIFLocation(
        file: sources.relative(verdict.file), line: 1, message: event ?? "the history",
        logicalName: finding.eventID.map { "\(verdict.name)/events/\($0)" })
    ]
    for command in finding.matchedBefore {
      let place = command.location.map { sources.resolve($0, app: verdict.appDirectory) }
      locations.append(
        SARIFLocation(
          file: place?.file, line: place?.line, column: place?.column,
          message: "matched before: event \(command.eventID)  \(command.summary)",
          logicalName: place == nil ? "\(verdict.name)/events/\(command.eventID)" : nil))
    }
    if let fix = finding.explanation?.fix, let place = fix.location {
      let place = sources.resolve(place, app: verdict.appDirectory)
      locations.append(
        SARIFLocation(
          file: place.file, line: place.line, column: place.column,
          message: fix.snippet.map { "\(fix.advice)\n\($0)" } ?? fix.advice))
    }
    return locations
  }

  /// The matched commands and the finding, where code issued the former.
  private mutating func flow(
    to finding: Finding, at location: SARIFLocation, of verdict: HistoryVerdict
  ) -> [SARIFLocation] {
    var steps: [SARIFLocation] = []
    for command in finding.matchedBefore {
      guard let place = command.location.map({ sources.resolve($0, app: verdict.appDirectory) }) else { continue }
      steps.append(
        SARIFLocation(file: place.file, line: place.line, column: place.column, message: "matches: \(command.summary)"))
    }
    guard !steps.isEmpty, finding.location != nil else { return [] }
    var last = location
    last.message = finding.message
    return steps + [last]
  }

  private mutating func stacks(of finding: Finding, app: String?) -> [(message: String, frames: [SARIFLocation])] {
    var stacks: [(message: String, frames: [SARIFLocation])] = []
    if finding.stack.count > 1 { stacks.append(("the code", finding.stack.map { frame($0, app: app) })) }
    for coroutine in finding.coroutines {
      let waiting = coroutine.waitingFor.map { ", waiting for \($0)" } ?? ""
      stacks.append((coroutine.name + waiting, coroutine.frames.map { frame($0, app: app) }))
    }
    return stacks
  }

  private mutating func frame(_ frame: StackFrame, app: String?) -> SARIFLocation {
    let place = frame.location.map { sources.resolve($0, app: app) }
    return SARIFLocation(
      file: place?.file, line: place?.line, column: place?.column, logicalName: frame.function ?? "(host)")
  }

  /// GitHub takes results with the same first fingerprint as one alert: one place in the code is one, whatever the histories.
  private func fingerprints(
    of finding: Finding, in verdict: HistoryVerdict, code: SourceLocation?, line: Substring?
  ) -> [(name: String, value: String)] {
    let place = code.map(\.file) ?? verdict.name
    let what = line.map { String($0).trimmed } ?? finding.message
    return [
      ("primaryLocationLineHash", Fingerprint(finding.rule.rawValue, place, what).text + ":1"),
      (
        "hindcastHistory/v1",
        Fingerprint(finding.rule.rawValue, verdict.name, finding.eventID.map(String.init) ?? "", place, what).text
      ),
    ]
  }

  private func properties(of finding: Finding, in verdict: HistoryVerdict) -> [(name: String, value: String)] {
    let properties: [(name: String, value: String?)] = [
      ("history", verdict.name), ("workflowType", verdict.workflowType), ("workflowId", verdict.workflowID),
      ("runId", verdict.runID), ("verdict", verdict.verdict.rawValue), ("code", verdict.code),
      ("eventId", finding.eventID.map(String.init)), ("cause", finding.explanation?.cause),
      ("fix", finding.explanation?.fix?.snippet),
    ]
    return properties.compactMap { property in property.value.map { (property.name, $0) } }
  }
}

extension SARIFLog.Level {
  init(_ severity: Severity) {
    self =
      switch severity {
      case .info: .note
      case .warning: .warning
      case .error: .error
      }
  }
}

extension SARIFLog.Rule {
  init(_ rule: RuleCode) {
    let details = rule.details
    self.init(
      id: rule.rawValue, name: rule.rawValue.pascalCase, summary: details.title, explanation: details.explanation,
      help: details.remedy, level: SARIFLog.Level(details.severity))
  }

  /// The rule of histories that passed though `expected.yaml` says otherwise.
  static var unexpected: SARIFLog.Rule {
    SARIFLog.Rule(
      id: "unexpected-verdict", name: "UnexpectedVerdict", summary: "Another verdict than expected",
      explanation: "The suite's expected.yaml asks for another verdict than the history got.",
      help: "If the new verdict is right, change expected.yaml; otherwise something no longer finds what it should.",
      level: .error)
  }
}

extension String {
  /// `missing-command` as `MissingCommand`.
  fileprivate var pascalCase: String {
    split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  fileprivate var trimmed: String {
    let blanks: Set<Character> = [" ", "\t", "\r"]
    return String(drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed())
  }
}

/// A number for texts that is the same in every process: 64 bits of FNV-1a.
struct Fingerprint {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  init(_ parts: String...) {
    for part in parts {
      for byte in part.utf8 { add(byte) }
      add(0)
    }
  }

  private mutating func add(_ byte: UInt8) {
    hash ^= UInt64(byte)
    hash = hash &* 0x0000_0100_0000_01b3
  }

  /// 16 hexadecimal digits.
  var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
