import HindcastCore
import HindcastReplay
import HindcastReport

/// What a bisection says as it goes on, and in the end.
struct BisectReport {
  private let output: any ReportOutput
  private let palette: Palette

  /// Longer diffs are for git to show.
  private static let lineLimit = 40
  private static let fileLimit = 10

  init(to output: any ReportOutput, palette: Palette) {
    self.output = output
    self.palette = palette
  }

  /// Says what is ahead.
  func begin(commits: Int, histories: Int, steps: Int) throws(OutputError) {
    try write(
      "bisecting \(Self.count(commits, "revision", "revisions")) with "
        + "\(Self.count(histories, "history", "histories")), about \(Self.count(steps + 1, "replay", "replays"))")
  }

  /// Says how a commit turned out.
  func tested(_ commit: CommitDetails, _ mark: BisectSearch.Mark, _ words: String) throws(OutputError) {
    let label =
      switch mark {
      case .good: palette.good("good")
      case .bad: palette.bad("bad ")
      case .skipped: palette.warning("skip")
      }
    try write("\(label)  \(commit.shortID)  \(commit.subject.printable())  \(palette.faint(words.printable()))")
  }

  /// Says how far the search is.
  func left(_ commits: Int, steps: Int) throws(OutputError) {
    try write("      \(Self.count(commits, "revision", "revisions")) left, about \(Self.count(steps, "step", "steps"))")
  }

  /// Says which commit it is.
  func found(_ commit: CommitDetails) throws(OutputError) {
    try write("\n\(palette.strong(commit.id)) is the first bad commit")
    try write("  author   \(commit.author.printable())")
    try write("  date     \(commit.date.printable())")
    try write("  subject  \(commit.subject.printable())\n")
  }

  /// Shows what a history shows there, and says which others do not pass either.
  func explain(_ verdict: HistoryVerdict, others: [HistoryVerdict], root: String) throws(OutputError) {
    // Paths of code are the repository's then, and the excerpt is of the commit.
    var reporter = TextReporter(to: output, workingDirectory: root, palette: palette)
    try reporter.report(verdict)
    for other in others.prefix(Self.fileLimit) {
      try write("\(palette.alarm("FAIL"))  \(other.name.printable())  \(Self.cause(of: other))")
    }
    if others.count > Self.fileLimit {
      try write("and \(Self.count(others.count - Self.fileLimit, "more history", "more histories"))")
    }
    if !others.isEmpty { try write("") }
  }

  /// Shows what the commit changed near a place.
  func changes(_ diff: UnifiedDiff, file: String?, line: Int) throws(OutputError) {
    guard !diff.files.isEmpty else { return }
    try write("changed in the app's folder")
    for file in diff.files.prefix(Self.fileLimit) { try write("  \(file.change.rawValue)  \(file.path.printable())") }
    if diff.files.count > Self.fileLimit {
      try write("  and \(Self.count(diff.files.count - Self.fileLimit, "more file", "more files"))")
    }
    var linesLeft = Self.lineLimit
    var lastPath: String?
    for (file, hunk) in diff.hunks(near: file, line: line) {
      guard linesLeft > 0 else { break }
      if file.path != lastPath { try write("\n\(palette.strong(file.path.printable()))") }
      lastPath = file.path
      try write(palette.place(hunk.header.printable(keepsLines: true)))
      for line in hunk.lines.prefix(linesLeft) { try write(painted(line)) }
      linesLeft -= hunk.lines.count
    }
    if linesLeft < 0 { try write(palette.faint("… the rest is cut off")) }
  }

  /// The last line: how much work it was.
  func finish(replays: Int) throws(OutputError) {
    try write("\n\(Self.count(replays, "replay", "replays")) of the suite")
  }

  /// Writes a line.
  func write(_ line: String) throws(OutputError) { try output.write(line + "\n") }

  private func painted(_ line: String) -> String {
    let text = line.printable(keepsLines: true)
    return switch line.first {
    case "+": palette.good(text)
    case "-": palette.bad(text)
    default: text
    }
  }

  /// Verdict, rule and event of a failure.
  static func cause(of verdict: HistoryVerdict) -> String {
    var parts = [verdict.verdict.rawValue]
    if let failure = verdict.failure {
      parts.append(failure.rule.rawValue)
      if let event = failure.eventID { parts.append("event \(event)") }
    }
    return parts.joined(separator: " · ")
  }

  static func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }
}
