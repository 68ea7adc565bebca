import HindcastReplay
import HindcastReport

/// A line on the terminal that says how far the work is, and goes away again.
struct ProgressLine {
  private let terminal: any ReportOutput
  private let isShown: Bool
  private var isVisible = false
  private var lastShown: ContinuousClock.Instant?

  /// Often enough to look alive, seldom enough to cost nothing.
  private static let interval = Duration.milliseconds(100)

  init(_ console: Console) {
    terminal = console.errors
    isShown = console.isErrorTerminal && console.environment["TERM"] != "dumb"
  }

  /// Removes the line, so that something else can be written.
  mutating func clear() {
    guard isVisible else { return }
    isVisible = false
    try? terminal.write("\r\u{1b}[K")
  }

  /// Shows how far a replay is, unless it was shown just now.
  mutating func show(_ summary: ReplaySummary) {
    let failed = summary.unacceptable > 0 ? ", \(summary.unacceptable) failed" : ""
    show("\(summary.total) replayed\(failed) …")
  }

  /// Shows how far the work is, unless it was shown just now.
  mutating func show(_ text: @autoclosure () -> String) {
    guard isShown else { return }
    let now = ContinuousClock.now
    if let lastShown, now - lastShown < Self.interval { return }
    lastShown = now
    isVisible = true
    try? terminal.write("\r\u{1b}[K\(text())")
  }
}
