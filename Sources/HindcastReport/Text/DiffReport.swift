import HindcastCore
public import HindcastHistory
import TemporalAPI

/// How two histories differ, for people: what both have is counted, the rest shown event by event.
public struct DiffReport {
  private let left: WorkflowHistory
  private let right: WorkflowHistory
  private let diff: HistoryDiff
  private let palette: Palette

  /// Compares two histories after both were made canonical.
  public init(_ left: WorkflowHistory, _ right: WorkflowHistory, palette: Palette = Palette(isColored: false)) {
    self.left = left
    self.right = right
    self.palette = palette
    diff = HistoryDiff(left, right)
  }

  /// Whether the two are the same recording as far as can be told.
  public var isEmpty: Bool { diff.isEmpty }

  /// Writes the differences.
  public func write(to output: any ReportOutput) throws(OutputError) {
    var text = palette.bad("--- \(left.origin.name.printable())") + "\n"
    text += palette.good("+++ \(right.origin.name.printable())") + "\n"
    var equal: [Int] = []
    for entry in diff.entries {
      if case .both(let index, _, let differences) = entry, differences.isEmpty {
        equal.append(index)
        continue
      }
      text += take(&equal)
      text += lines(for: entry)
      try output.write(text)
      text = ""
    }
    text += take(&equal)
    try output.write(text + summary)
  }

  private var summary: String {
    if diff.isEmpty { return "\nthe histories are the same but for times, made-up IDs and the like\n" }
    var (changed, removed, added) = (0, 0, 0)
    for entry in diff.entries {
      switch entry {
      case .both(_, _, let differences): changed += differences.isEmpty ? 0 : 1
      case .onlyLeft: removed += 1
      case .onlyRight: added += 1
      }
    }
    return "\n\(TextReporter.count(changed, "event differs", "events differ")), "
      + "\(TextReporter.grouped(removed)) only in the first history, \(TextReporter.grouped(added)) only in the second\n"
  }

  private func take(_ equal: inout [Int]) -> String {
    guard let first = equal.first, let last = equal.last else { return "" }
    defer { equal = [] }
    let (from, to) = (left.events[first].eventID, left.events[last].eventID)
    let which = equal.count == 1 ? "event \(from) is" : "events \(from) to \(to) are"
    return palette.faint("  \(which) the same") + "\n"
  }

  private func lines(for entry: HistoryDiff.Entry) -> String {
    switch entry {
    case .onlyLeft(let index): return palette.bad("- " + words(for: left.events[index])) + "\n"
    case .onlyRight(let index): return palette.good("+ " + words(for: right.events[index])) + "\n"
    case .both(let index, let other, let differences):
      var text = "~ " + words(for: left.events[index])
      let otherID = right.events[other].eventID
      if otherID != left.events[index].eventID { text += palette.faint("  (event \(otherID) in the second)") }
      text += "\n"
      for difference in differences {
        text += "    \(difference.path.printable())\n"
        text += palette.bad("      - \((difference.left ?? "(none)").printable())") + "\n"
        text += palette.good("      + \((difference.right ?? "(none)").printable())") + "\n"
      }
      return text
    }
  }

  private func words(for event: HistoryEvent) -> String { "\(event.eventID)  \(event.summary.printable())" }
}
