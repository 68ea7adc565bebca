#if Server
import Foundation
import HindcastCore
import HindcastHistory
import HindcastRegistry
import HindcastReplay
import HindcastReport
import HindcastTesting

/// One call of `hindcast record` under way.
struct RecordSession {
  private let app: String?
  private let replacesUnasked: Bool
  private let console: Console
  private var progress: ProgressLine
  private var suite: (folder: String, suite: Suite)?
  private var counts = Counts()
  private var hasErrors = false

  private struct Counts {
    var same = 0
    var replaced = 0
    var kept = 0
    var left = 0
    var failed = 0
    var total: Int { same + replaced + kept + left + failed }
  }

  init(app: String?, replacesUnasked: Bool, _ console: Console) {
    self.app = app
    self.replacesUnasked = replacesUnasked
    self.console = console
    progress = ProgressLine(console)
  }

  /// Records the history of a source anew.
  mutating func take(_ source: HistorySource) async throws {
    progress.show("\(counts.total) recorded …")
    let histories: [WorkflowHistory]
    do {
      histories = try source.read()
    } catch {
      if case .passedOver = ReplayResult(error, reading: source) { return }
      hasErrors = true
      progress.clear()
      return console.complain("error: \(error)")
    }
    let file = source.name
    guard histories.count == 1, let history = histories.first, HistoryFiles.isPlainText(file) else {
      return try leave(file, "only files with one history as plain JSON are recorded anew")
    }
    if let expected = expectation(of: file), expected.verdict != .passed {
      return try leave(file, "\(Suite.fileName) wants it to be \(expected.verdict.rawValue)")
    }
    let anew: WorkflowHistory
    do {
      anew = try await record(history, file)
    } catch let refusal as RecordingRefusal {
      return try leave(file, refusal.message)
    } catch {
      counts.failed += 1
      return try say("fail  \(file)  \(error)\n")
    }
    try compare(history, anew, file)
  }

  private func record(_ history: WorkflowHistory, _ file: String) async throws -> WorkflowHistory {
    let scenario = try RecordedScenario(history)
    let folder = (file as NSString).deletingLastPathComponent
    guard let directory = app ?? Registry.findApp(near: folder.isEmpty ? "." : folder) else {
      throw RecordError(description: "no app was found at or above it; name its folder with --app")
    }
    let environment = try TestEnvironment(app: directory, options: scenario.options())
    environment.http.network = NoNetwork()
    return try await scenario.record(in: environment)
  }

  private mutating func expectation(of file: String) -> Expectation? {
    let path = file as NSString
    let folder = path.deletingLastPathComponent
    if suite?.folder != folder {
      let read = Suite(ofFolder: folder)
      suite = (folder, read)
      for error in read.errors {
        hasErrors = true
        progress.clear()
        console.complain(error.description)
      }
    }
    return suite?.suite.expectations[path.lastPathComponent]
  }

  // MARK: Outcomes

  private mutating func leave(_ file: String, _ reason: String) throws(OutputError) {
    counts.left += 1
    try say("left  \(file)  \(reason)\n")
  }

  private mutating func compare(_ history: WorkflowHistory, _ anew: WorkflowHistory, _ file: String) throws {
    var shown = anew
    shown.origin = HistoryOrigin(file: "\(file) recorded anew")
    let report = DiffReport(history, shown, palette: console.palette)
    if report.isEmpty {
      counts.same += 1
      return try say("same  \(file)  \(history.events.count) events\n")
    }
    try say("new   \(file)  \(anew.events.count) events, \(history.events.count) before\n")
    try report.write(to: console.output)
    guard try agrees(to: file) else {
      counts.kept += 1
      return
    }
    do {
      try Data(HistoryWriter.json(anew)).write(to: URL(filePath: file), options: .atomic)
    } catch {
      throw RecordError(description: "\(file) cannot be written: \(error.localizedDescription)")
    }
    counts.replaced += 1
  }

  private func agrees(to file: String) throws(OutputError) -> Bool {
    if replacesUnasked { return true }
    return isCI ? false : try console.confirms("Replace \(file)?")
  }

  /// Whether the command runs where nobody sees what it changes.
  private var isCI: Bool { !["", "0", "false"].contains((console.environment["CI"] ?? "").lowercased()) }

  private mutating func say(_ text: String) throws(OutputError) {
    progress.clear()
    try console.output.write(text)
  }

  /// Says what was done.
  mutating func finish(_ paths: [String]) throws(OutputError) -> ExitStatus {
    progress.clear()
    if counts.total == 0 {
      if !hasErrors { console.complain("error: no history found in \(paths.joined(separator: ", "))") }
      return .unusable
    }
    let parts = [
      (counts.same, "the same"), (counts.replaced, "replaced"), (counts.kept, "differ and were not replaced"),
      (counts.failed, "could not be recorded"), (counts.left, "left as they are"),
    ]
    let text = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    try console.output.write("\n\(counts.total) \(counts.total == 1 ? "history" : "histories"): \(text)\n")
    if counts.kept > 0, isCI { console.complain("nothing is recorded in CI; --yes records all the same") }
    if hasErrors { return .unusable }
    return counts.kept + counts.failed > 0 ? .failure : .success
  }
}

/// Why a history is not recorded anew.
private struct RecordError: Error, CustomStringConvertible {
  let description: String
}
#endif
