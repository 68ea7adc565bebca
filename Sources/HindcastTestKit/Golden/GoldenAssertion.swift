private import Foundation
internal import HindcastCore
internal import HindcastHistory
private import HindcastReplay
private import HindcastReport

/// Holds a history against the golden one, or writes it.
struct GoldenAssertion {
  let path: String
  private let asked: RecordMode?
  private let place: TestPlace
  private let code: any WorkflowCode

  /// What stands for the process's environment: the tests of this module.
  @TaskLocal static var environment: [String: String]?

  init(name: String, folder: String?, asked: RecordMode?, place: TestPlace, code: any WorkflowCode) {
    let folder = folder.map(place.resolve) ?? "\(place.folder)/Histories/\(place.fileName)"
    path = "\(folder)/\(Self.fileName(for: name)).json"
    self.asked = asked
    self.place = place
    self.code = code
  }

  /// A test's name as a file's: without its parentheses, and without what a file's name cannot hold.
  private static func fileName(for name: String) -> String {
    let stem = name.prefix { $0 != "(" }
    let safe = String(stem.map { $0.isLetter || $0.isNumber || "-_. ".contains($0) ? $0 : "-" })
    return safe.hasPrefix(".") ? "-" + safe.dropFirst() : safe.isEmpty ? "history" : safe
  }

  func check(_ history: WorkflowHistory) {
    let mode: RecordMode
    do {
      mode = try RecordMode.current(asked, Self.environment ?? ProcessInfo.processInfo.environment)
    } catch {
      return fail("\(error)")
    }
    guard FileManager.default.fileExists(atPath: path) else {
      guard mode != .never else {
        return fail("there is no golden history \(path)\n\(Self.advice(.missing))")
      }
      return write(history, "recorded")
    }
    if mode == .all { return write(history, "recorded anew") }
    guard let problem = problem(with: history) else { return }
    if mode == .failed { return write(history, "recorded anew, because it did not fit") }
    fail("\(problem)\n\n\(Self.advice(.failed))")
  }

  private static func advice(_ mode: RecordMode) -> String {
    "to record it, run the test with \(RecordMode.variable)=\(mode.rawValue)"
  }

  /// Why the golden history does not do; `nil` if it does.
  private func problem(with history: WorkflowHistory) -> String? {
    let golden: WorkflowHistory
    do {
      let histories = try HistoryReader.histories(inFile: path)
      guard histories.count == 1, let first = histories.first else {
        return "\(path) holds \(histories.count) histories, but a golden file holds one"
      }
      golden = first
    } catch {
      return "\(error)"
    }
    var problems: [String] = []
    let verdict = Replayer(code: code).verdict(on: golden)
    if !verdict.isAcceptable { problems.append(ReplayAssertion.report(on: verdict)) }
    let report = DiffReport(golden, history)
    if !report.isEmpty {
      let output = MemoryOutput()
      // Memory takes whatever is written.
      try? report.write(to: output)
      problems.append("the run's history is not the golden one:\n" + output.text.trimmingCharacters(in: .newlines))
    }
    return problems.isEmpty ? nil : problems.joined(separator: "\n\n")
  }

  private func write(_ history: WorkflowHistory, _ what: String) {
    let url = URL(filePath: path)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(HistoryWriter.json(history)).write(to: url, options: .atomic)
    } catch {
      return fail("\(path) cannot be written: \(error.localizedDescription)")
    }
    // Nothing is recorded in silence: what a test wrote proves nothing yet.
    FileHandle.standardError.write(Data("hindcast: \(path) \(what)\n".utf8))
  }

  private func fail(_ message: String) { TestIssue(message: message, place: place).record() }
}
