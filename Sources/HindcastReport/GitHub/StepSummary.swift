import HindcastCore
import HindcastReplay

/// The summary of a step as Markdown: the counts, and a table of what did not pass.
struct StepSummary {
  private var rows: [String] = []
  private var others = 0
  private var problems: [String] = []

  /// A summary holds a megabyte at most; who has more failures than this reads the report.
  private static let rowLimit = 200

  /// Adds a history that did not pass.
  mutating func add(_ verdict: HistoryVerdict, at place: String?) {
    guard rows.count < Self.rowLimit else {
      others += 1
      return
    }
    let rule = verdict.failure.map { Self.code($0.rule.rawValue) } ?? ""
    let event = verdict.failure?.eventID.map(String.init) ?? ""
    let cause = verdict.failure?.reason ?? verdict.failureTitle
    let cells = [
      Self.code(verdict.name), verdict.verdict.rawValue, rule, event, place.map(Self.code) ?? "", Self.words(cause),
    ]
    rows.append("| " + cells.joined(separator: " | ") + " |\n")
  }

  /// Adds an input that could not be replayed.
  mutating func add(_ problem: InputProblem) {
    if problems.count < Self.rowLimit { problems.append("- \(Self.words(problem.message))\n") }
  }

  /// The summary.
  func markdown(_ summary: ReplaySummary) -> String {
    let isGood = summary.unacceptable == 0 && problems.isEmpty
    var text = "### \(isGood ? "✅" : "❌") Hindcast: \(Self.headline(summary))\n\n"
    text += "| histories | \(Verdict.allCases.map(\.rawValue).joined(separator: " | ")) | events | time |\n"
    text += "|" + String(repeating: "---:|", count: Verdict.allCases.count + 3) + "\n"
    let counts = [summary.total] + Verdict.allCases.map { summary[$0] } + [summary.events]
    text += "| " + (counts.map(TextReporter.grouped) + [TextReporter.seconds(summary.seconds)]).joined(separator: " | ")
    text += " |\n"
    if !rows.isEmpty {
      text += "\n| history | verdict | rule | event | code | cause |\n|---|---|---|---:|---|---|\n" + rows.joined()
      if others > 0 { text += "\nand \(TextReporter.count(others, "more history", "more histories"))\n" }
    }
    if !problems.isEmpty { text += "\nNot replayed:\n\n" + problems.joined() }
    return text + "\n"
  }

  private static func headline(_ summary: ReplaySummary) -> String {
    let total = TextReporter.count(summary.total, "history", "histories")
    if summary.unacceptable == 0 { return "\(total), none failed" }
    return "\(TextReporter.grouped(summary.unacceptable)) of \(total) failed"
  }

  /// Text in a cell of a table, in which nothing is markup.
  private static func words(_ text: String) -> String {
    var result = ""
    for scalar in text.printable(keepsLines: true).unicodeScalars {
      switch scalar {
      case "\n", "\t": result += " "
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      // Tables end a cell at a bar before they look for a backslash.
      case "|": result += "&#124;"
      case "\\", "`", "*", "_", "[", "]", "#", "~", "!", "@": result += "\\\(scalar)"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Text in a cell, set as code.
  private static func code(_ text: String) -> String {
    // As HTML: between backticks nothing could stand for a backtick or a bar.
    var result = ""
    for scalar in text.printable().unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "|", "`", "*", "_", "[", "]", "\\", "~", "@", "#", "!": result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return "<code>\(result)</code>"
  }
}
