import HindcastCore
import HindcastHistory
import HindcastReplay
import TemporalAPI

/// Explains a finding that decided a verdict: what the history holds, what the code did, and where.
struct FailureText {
  private let verdict: HistoryVerdict
  private let palette: Palette
  private let width: Int
  private(set) var sources: SourceFiles
  private var lines: [String] = []

  /// Stacks deeper than this repeat themselves.
  private static let frameLimit = 20
  private static let labelWidth = 10
  private static let indent = 2
  /// More lines of code than this show nothing.
  private static let gapLimit = 8

  /// - Parameter width: how many columns the text should keep to, as far as it can.
  init(
    verdict: HistoryVerdict, palette: Palette, width: Int = TextReporter.defaultWidth, sources: SourceFiles
  ) {
    self.verdict = verdict
    self.palette = palette
    self.width = width
    self.sources = sources
  }

  /// The block, indented, with a line feed at its end.
  mutating func text(of finding: Finding) -> String {
    lines = []
    addHeadline(finding)
    if let explanation = finding.explanation { addCause(explanation, of: finding) }
    if let rows = finding.explanation?.rows, !rows.isEmpty {
      addRows(rows)
    } else {
      addSides(finding)
    }
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
    // Where the cause is known, what the replay stumbled over is for whoever wants to check it.
    guard finding.explanation == nil else { return }
    lines += finding.message.printable(keepsLines: true).split(separator: "\n").map(String.init)
  }

  // MARK: The cause

  private mutating func addCause(_ explanation: Explanation, of finding: Finding) {
    lines.append("")
    let cause = wrapped(explanation.cause)
    for (index, line) in cause.enumerated() {
      lines.append((index == 0 ? palette.faint(pad("cause")) : pad("")) + palette.strong(line))
    }
    if let reservation = finding.reservation { add("", "(\(reservation))") }
  }

  private mutating func addRows(_ rows: [AlignedRow]) {
    lines.append("")
    let app = verdict.appDirectory
    var files = sources
    let table = SideBySide(rows, palette: palette) { files.resolve($0, app: app).shortDescription.printable() }
    sources = files
    lines += table.lines(width: width - Self.indent)
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
    // The rows and the cause tell of them where there are any.
    guard !finding.tellingDifferences.isEmpty, finding.explanation?.rows.isEmpty ?? true else { return }
    let labels = finding.rule == .unstableCode ? ("first", "second") : ("history", "code")
    lines.append("")
    for difference in finding.tellingDifferences {
      add("differs", difference.field)
      add("  " + labels.0, difference.expected)
      add("  " + labels.1, difference.actual)
    }
  }

  // MARK: The code

  private mutating func addCode(_ finding: Finding) {
    guard let place = finding.explanation?.edits.first?.location ?? finding.location else { return }
    let location = sources.resolve(place, app: verdict.appDirectory)
    lines.append("")
    lines.append("\(pad("code at"))\(palette.place(location.description.printable()))")
    var excerpt = sources.excerpt(at: location, before: linesBefore(location, finding), after: linesAfter(finding))
    while let last = excerpt.last, last.number > location.line, last.text.allSatisfy(\.isWhitespace) {
      excerpt.removeLast()
    }
    let width = String(excerpt.last?.number ?? location.line).count
    for (number, text) in excerpt {
      let isIt = number == location.line
      let gutter = String(repeating: " ", count: width - String(number).count) + "\(number)"
      let row = "\(isIt ? ">" : " ") \(gutter) | \(Self.code(text))"
      lines.append(pad("") + (isIt ? palette.strong(row) : palette.faint(row)))
    }
  }

  /// What is gone left its gap behind the command before: the lines shown go back to that, if it is near.
  private mutating func linesBefore(_ location: SourceLocation, _ finding: Finding) -> Int {
    guard let edit = finding.explanation?.edits.first, edit.kind == .removed, let previous = edit.previousLocation
    else { return 2 }
    let distance = location.line - previous.line
    guard sources.resolve(previous, app: verdict.appDirectory).file == location.file, distance <= Self.gapLimit else {
      return 2
    }
    return max(2, distance)
  }

  /// What is gone before the end has no next command to show: it stood somewhere below the last one.
  private func linesAfter(_ finding: Finding) -> Int {
    guard let edit = finding.explanation?.edits.first, [.removed, .endChanged].contains(edit.kind) else { return 2 }
    return edit.location == edit.previousLocation ? Self.gapLimit : 2
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
    // The rows show them beside the history.
    guard !finding.matchedBefore.isEmpty, finding.explanation?.rows.isEmpty ?? true else { return }
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
    if let fix = finding.explanation?.fix {
      addFix(fix)
    } else if let hint = finding.hint {
      add("hint", hint)
    }
    if finding.explanation != nil { add("found", finding.message) }
    if let worker = verdict.worker {
      add("worker", worker)
    } else if let said = verdict.sdkVerdict {
      add("Go SDK", said)
    } else if finding.isAboutAgreement, !verdict.isPromoted {
      add("Go SDK", "accepts this history")
    }
  }

  private mutating func addFix(_ fix: Fix) {
    for (index, line) in wrapped(fix.advice).enumerated() { add(index == 0 ? "fix" : "", line) }
    if let snippet = fix.snippet {
      lines.append("")
      for line in snippet.printable(keepsLines: true).split(separator: "\n") {
        lines.append(pad("") + palette.strong("  \(line)"))
      }
    }
    lines.append("")
  }

  // MARK: Rows

  /// A row with a label; further lines of the text are set under its first.
  private mutating func add(_ label: String, _ text: String) {
    let rows = text.printable(keepsLines: true).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, row) in rows.enumerated() {
      lines.append((index == 0 ? palette.faint(pad(label)) : pad("")) + row)
    }
  }

  /// A text in lines that fit beside the labels.
  private func wrapped(_ text: String) -> [String] {
    let room = max(30, width - Self.indent - Self.labelWidth)
    var lines: [String] = []
    var line = ""
    for word in text.printable().split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > room {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + [line]
  }

  private func pad(_ label: String) -> String {
    label + String(repeating: " ", count: max(1, Self.labelWidth - label.count))
  }
}

extension SourceLocation {
  /// The location without the folders of its file.
  fileprivate var shortDescription: String {
    "\(file.split(separator: "/").last.map(String.init) ?? file):\(line)"
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
