import Foundation
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastReport
import Synchronization

/// One call of `hindcast redact` under way.
struct RedactionSession {
  private let target: RedactionTarget
  private let console: Console
  private var progress: ProgressLine
  private var written: Set<String> = []
  private var counts = Counts()
  private var hasErrors = false

  private struct Counts {
    var redacted = 0
    var verified = 0
    var changed = 0
    var unverified = 0
  }

  /// The redacted histories of the files that are being replayed, until their turn comes.
  private final class Waiting: Sendable {
    private let histories = Mutex<[String: [WorkflowHistory]]>([:])

    func put(_ redacted: [WorkflowHistory], of file: String) { histories.withLock { $0[file] = redacted } }
    func take(_ file: String) -> [WorkflowHistory] { histories.withLock { $0.removeValue(forKey: file) } ?? [] }
  }

  init(target: RedactionTarget, _ console: Console) {
    self.target = target
    self.console = console
    progress = ProgressLine(console)
  }

  /// Redacts the histories of a corpus, replays them before and after, and writes them.
  mutating func run(_ corpus: Corpus, _ redaction: Redaction, _ replayer: Replayer) {
    let waiting = Waiting()
    // Both forms of a file's histories are one source, so that they come out side by side.
    let sources = corpus.lazy.map { source in
      HistorySource(
        name: source.name,
        content: .fetched({ () throws(HistoryError) in
          let originals = try source.read()
          let redacted = try originals.map { history throws(HistoryError) in
            do {
              return try redaction.redacted(history)
            } catch {
              throw HistoryError(code: .unreadable, file: source.name, message: "it cannot be redacted: \(error)")
            }
          }
          waiting.put(redacted, of: source.name)
          return originals + redacted
        }), isExplicit: source.isExplicit)
    }
    var verdicts: [HistoryVerdict] = []
    for result in replayer.results(of: sources) {
      switch result {
      case .verdict(let verdict):
        verdicts.append(verdict)
        // A file that cannot be read is no pair.
        if verdict.failure?.rule == .invalidHistory, verdict.workflowType == nil, verdict.events == 0 {
          verdicts.removeAll()
          fail("error: \(verdict.file): \(verdict.failure?.message ?? "it cannot be read")")
        } else if verdicts.count == verdict.count * 2 {
          write(waiting.take(verdict.file), verdicts)
          verdicts.removeAll()
        }
      case .passedOver: break
      case .unreadable(let error): fail("error: \(error)")
      // What a suite expects is nothing that redaction changes.
      case .suiteError: break
      }
      progress.show("\(counts.redacted) redacted …")
    }
    progress.clear()
  }

  private mutating func fail(_ message: String) {
    hasErrors = true
    progress.clear()
    console.complain(message)
  }

  // MARK: Histories

  private mutating func write(_ histories: [WorkflowHistory], _ verdicts: [HistoryVerdict]) {
    for (index, history) in histories.enumerated() {
      let keeps = compare(verdicts[index], verdicts[index + histories.count])
      if !keeps, case .inPlace = target { continue }
      do {
        let file = verdicts[index].file
        try write(
          history, to: target.path(for: file, index, of: histories.count, isPlain: HistoryFiles.isPlainText(file)))
        counts.redacted += 1
      } catch {
        fail("error: \(error)")
      }
    }
  }

  private mutating func write(_ history: WorkflowHistory, to path: String) throws {
    guard written.insert(path).inserted else {
      throw RedactionTarget.Refusal(description: "\(path): two histories have this name; redact their folders apart")
    }
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(HistoryWriter.json(history)).write(to: url, options: .atomic)
  }

  /// Whether the verdict is the same before and after, as far as can be told.
  private mutating func compare(_ before: HistoryVerdict, _ after: HistoryVerdict) -> Bool {
    guard before.appDirectory != nil, before.verdict != .skipped else {
      counts.unverified += 1
      return true
    }
    guard before.outline != after.outline else {
      counts.verified += 1
      return true
    }
    counts.changed += 1
    progress.clear()
    console.complain(
      "\(before.name): its verdict was \(before.outline) and is \(after.outline) when it is redacted"
        + (after.failure.map { ": \($0.message)" } ?? ""))
    return false
  }

  // MARK: The end

  /// Says what was done.
  func finish(_ paths: [String]) throws(OutputError) -> ExitStatus {
    if counts.redacted + counts.changed == 0 {
      if !hasErrors { console.complain("error: no history found in \(paths.joined(separator: ", "))") }
      return .unusable
    }
    var parts = ["\(counts.verified) replay as before"]
    if counts.changed > 0 {
      if case .inPlace = target {
        parts.append("\(counts.changed) would not, and stay as they are")
      } else {
        parts.append("\(counts.changed) do not")
      }
    }
    if counts.unverified > 0 { parts.append("\(counts.unverified) could not be replayed, for lack of an app") }
    try console.output.write("\(counts.redacted) redacted: \(parts.joined(separator: ", "))\n")
    if hasErrors { return .unusable }
    return counts.changed > 0 ? .failure : .success
  }
}

extension HistoryVerdict {
  /// What redaction must not change: verdict, rule and event.
  fileprivate var outline: String {
    var parts = [verdict.rawValue]
    if let failure { parts.append(failure.rule.rawValue) }
    if let eventID = failure?.eventID { parts.append("event \(eventID)") }
    return parts.joined(separator: ", ")
  }
}
