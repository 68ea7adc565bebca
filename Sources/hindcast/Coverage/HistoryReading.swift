import HindcastCore
import HindcastHistory
import HindcastReplay

/// Replays the histories under some paths for a command that wants their verdicts rather than a report of them.
struct HistoryReading {
  private let paths: [String]
  private let console: Console
  private var progress: ProgressLine
  private var count = 0
  private var hasErrors = false

  init(_ paths: [String], _ console: Console) {
    self.paths = paths
    self.console = console
    progress = ProgressLine(console)
  }

  /// Hands each verdict on in the order of the corpus; complains of what cannot be read.
  mutating func replay(_ replayer: Replayer, _ take: (HistoryVerdict) -> Void) {
    let corpus = Corpus(paths, standardInput: console.readStandardInput)
    for result in replayer.results(of: corpus) {
      switch result {
      case .verdict(let verdict):
        count += 1
        take(verdict)
      case .passedOver: break
      case .unreadable(let error): fail("error: \(error)")
      case .suiteError(let error): fail(error.description)
      }
      progress.show("\(count) replayed …")
    }
    progress.clear()
  }

  private mutating func fail(_ message: String) {
    hasErrors = true
    progress.clear()
    console.complain(message)
  }

  /// How many histories there were; nil, after saying so, when there is nothing to go on with.
  func finish() -> Int? {
    if hasErrors { return nil }
    if count == 0 {
      console.complain("error: no history found in \(paths.joined(separator: ", "))")
      return nil
    }
    return count
  }
}
