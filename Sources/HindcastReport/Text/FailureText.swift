import HindcastCore
import HindcastHistory
import HindcastReplay
import TemporalAPI

/// Explains a finding that decided a verdict: what the history holds, what the code did, and where.
struct FailureText {
  private let verdict: HistoryVerdict
  private let palette: Palette
  private(set) var sources: SourceFiles
  private var lines: [String] = []

  /// Stacks deeper than this repeat themselves.
  private static let frameLimit = 20
  private static let labelWidth = 10

  init(verdict: HistoryVerdict, palette: Palette, sources: SourceFiles) {
    self.verdict = verdict
    self.palette = palette
    self.sources = sources
  }

  /// The block, indented, with a line feed at its end.
  mutating func text(of finding: Finding) -> String {
    lines = []
    addHeadline(finding)
    addSides(finding)
    addDifferences(finding)
    addCode(finding)
    addStack(finding)
    addCoroutines(finding)
    addMatched(finding)
    addAdvice(finding)
    while lines.last == "" { lines.removeLast() }
    return lines.map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined()
  }

  private mutating func addHeadline(_ finding: Finding) {
    var parts = [verdict.verdict.rawValue, finding.rule.rawValue]
    if let code = verdict.code { parts.append(code) }
    if let eventID = finding.eventID { parts.append("event \(eventID)") }
    if verdict.isPromoted { parts.append("a warning, and --strict is on") }
    lines.append(palette.bad(parts.joined(separator: " · ")))
    lines += finding.message.printable(keepsLines: true).split(separator: "\n").map(String.init)
  }

  // MARK: Both sides

  private mutating func addSides(_ finding: Finding) {
    guard finding.expected != nil || finding.actual != nil, finding.rule != .unstableCode else { return }
    lines.append("")
    guard finding.isAboutAgreement else {
      if let event = finding.expected { add("at", Self.words(for: event)) }
      return
    }
    add("history", finding.expected.map(Self.words) ?? "no such event here")
    add("code", finding.actual?.summary ?? "no such command here")
  }

  private static func words(for event: HistoryEvent) -> String { "event \(event.eventID)  \(event.summary)" }

  private mutating func addDifferences(_ finding: Finding) {
    guard !finding.differences.isEmpty else { return }
    let labels = finding.rule == .unstableCode ? ("first", "second") : ("history", "code")
    lines.append("")
    for difference in finding.differences {
      add("differs", difference.field)
      add("  " + labels.0, difference.expected)
      add("  " + labels.1, difference.actual)
    }
  }

  // MARK: The code

  private mutating func addCode(_ finding: Finding) {
    guard let place = finding.location else { return }
    let location = sources.resolve(place, app: verdict.appDirectory)
    lines.append("")
    lines.append("\(pad("code at"))\(palette.place(location.description.printable()))")
    let excerpt = sources.excerpt(at: location, before: 2, after: 1)
    let width = String(location.line + 1).count
    for (number, text) in excerpt {
      let isIt = number == location.line
      let gutter = String(repeating: " ", count: width - String(number).count) + "\(number)"
      let row = "\(isIt ? ">" : " ") \(gutter) | \(Self.code(text))"
      lines.append(pad("") + (isIt ? palette.strong(row) : palette.faint(row)))
    }
  }

  /// A line of code as it is shown: without its carriage return, tabs as the spaces that most editors show.
  private static func code(_ line: Substring) -> String {
    var text = String(line).replacing("\t", with: "    ")
    if text.hasSuffix("\r") { text.removeLast() }
    return text.printable()
  }

  private mutating func addStack(_ finding: Finding) {
    // One frame is the location again.
    guard finding.stack.count > 1 else { return }
    lines.append("")
    add(frames: finding.stack, under: "stack")
  }

  private mutating func addCoroutines(_ finding: Finding) {
    for coroutine in finding.coroutines {
      lines.append("")
      add("stack", coroutine.name + (coroutine.waitingFor.map { ", waiting for \($0)" } ?? ""))
      add(frames: coroutine.frames, under: "")
    }
  }

  private mutating func add(frames: [StackFrame], under label: String) {
    for (index, frame) in frames.prefix(Self.frameLimit).enumerated() {
      add(index == 0 ? label : "", words(for: frame))
    }
    if frames.count > Self.frameLimit { add("", "and \(frames.count - Self.frameLimit) more") }
  }

  private mutating func words(for frame: StackFrame) -> String {
    let place = frame.location.map { sources.resolve($0, app: verdict.appDirectory).description } ?? "(host)"
    return frame.function.map { "\(place) in \($0)" } ?? place
  }

  private mutating func addMatched(_ finding: Finding) {
    guard !finding.matchedBefore.isEmpty else { return }
    lines.append("")
    for (index, command) in finding.matchedBefore.enumerated() {
      var text = "event \(command.eventID)  \(command.summary)"
      if let location = command.location {
        text += "  (\(sources.resolve(location, app: verdict.appDirectory)))"
      }
      add(index == 0 ? "before" : "", text)
    }
  }

  private mutating func addAdvice(_ finding: Finding) {
    lines.append("")
    if let hint = finding.hint { add("hint", hint) }
    if let worker = verdict.worker {
      add("worker", worker)
    } else if let said = verdict.sdkVerdict {
      add("Go SDK", said)
    } else if finding.isAboutAgreement, !verdict.isPromoted {
      add("Go SDK", "accepts this history")
    }
  }

  // MARK: Rows

  /// A row with a label; further lines of the text are set under its first.
  private mutating func add(_ label: String, _ text: String) {
    let rows = text.printable(keepsLines: true).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, row) in rows.enumerated() {
      lines.append((index == 0 ? palette.faint(pad(label)) : pad("")) + row)
    }
  }

  private func pad(_ label: String) -> String {
    label + String(repeating: " ", count: max(1, Self.labelWidth - label.count))
  }
}

extension Finding {
  /// Whether the finding says that code and history disagree, so that both sides are worth showing.
  var isAboutAgreement: Bool {
    switch rule {
    case .deadlock, .logicalDeadlock, .codeError, .memoryLimit, .loadError, .unregisteredType, .invalidHistory,
      .unknownEvent, .unknownMarker, .unstableCode, .reportedByWorker:
      false
    default: true
    }
  }
}
