private import Foundation
public import HindcastCore
public import HindcastHistory
private import HindcastLua
private import HindcastRegistry
public import HindcastReplay
private import HindcastReport

/// Fails the test for each history that does not replay, with the text report, in XCTest as in Swift Testing.
///
/// ```swift
/// func testOrdersReplay() { assertReplays("Histories/orders") }
/// ```
///
/// A suite's `expected.yaml` holds as in `hindcast replay`. That no history is found fails the test, too.
///
/// - Parameters:
///   - paths: Files or folders, from the nearest folder at or above the test's own that has them.
///   - app: The app's folder; by default the nearest one at or above each history.
///   - options: How they are replayed.
/// - Returns: The histories, counted.
@discardableResult
public func assertReplays(
  _ paths: String..., app: String? = nil, options: ReplayOptions = .forTests, fileID: String = #fileID,
  filePath: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) -> ReplaySummary {
  let place = TestPlace(fileID: fileID, filePath: filePath, line: line, column: column)
  do {
    let loader =
      try app.map { app throws(RegistryErrors) in try AppLoader(directory: place.resolve(app)) } ?? AppLoader()
    return ReplayAssertion(loader, options, place).check(Corpus(paths.map(place.resolve)), named: paths)
  } catch {
    TestIssue(message: "\(error)", place: place).record()
    return ReplaySummary()
  }
}

/// As ``assertReplays(_:app:options:fileID:filePath:line:column:)``, for workflows written in Swift.
///
/// - Parameter workflows: The code to replay against.
@discardableResult
public func assertReplays(
  _ paths: String..., workflows: any WorkflowCode, options: ReplayOptions = .forTests, fileID: String = #fileID,
  filePath: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) -> ReplaySummary {
  let place = TestPlace(fileID: fileID, filePath: filePath, line: line, column: column)
  return ReplayAssertion(SingleApp(AppCode(workflows)), options, place)
    .check(Corpus(paths.map(place.resolve)), named: paths)
}

/// As ``assertReplays(_:app:options:fileID:filePath:line:column:)``, for one case of a parametrised test.
///
/// - Parameter workflows: The code to replay against; by default the nearest app at or above the history.
@discardableResult
public func assertReplays(
  _ history: HistoryCase, workflows: (any WorkflowCode)? = nil, options: ReplayOptions = .forTests,
  fileID: String = #fileID, filePath: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) -> ReplaySummary {
  let place = TestPlace(fileID: fileID, filePath: filePath, line: line, column: column)
  let provider: any WorkflowCodeProvider = workflows.map { SingleApp(AppCode($0)) } ?? AppLoader()
  return ReplayAssertion(provider, options, place).check([history.source], named: [history.testDescription])
}

/// As ``assertReplays(_:app:options:fileID:filePath:line:column:)``, for a history at hand, such as that of a test's run.
@discardableResult
public func assertReplays(
  _ history: WorkflowHistory, workflows: any WorkflowCode, options: ReplayOptions = .forTests, fileID: String = #fileID,
  filePath: StaticString = #filePath, line: UInt = #line, column: UInt = #column
) -> ReplaySummary {
  let place = TestPlace(fileID: fileID, filePath: filePath, line: line, column: column)
  let source = HistorySource(name: history.origin.name, content: .histories([history]))
  return ReplayAssertion(SingleApp(AppCode(workflows)), options, place).check([source], named: [source.name])
}

extension ReplayOptions {
  /// What tests replay with: all cores, everything else by default.
  public static var forTests: ReplayOptions {
    var options = ReplayOptions()
    options.jobs = ProcessInfo.processInfo.activeProcessorCount
    return options
  }
}

/// Replays histories for a test, and tells it what did not pass.
struct ReplayAssertion {
  private let replayer: Replayer
  private let place: TestPlace

  init(_ provider: any WorkflowCodeProvider, _ options: ReplayOptions, _ place: TestPlace) {
    replayer = Replayer(provider, options: options)
    self.place = place
  }

  /// - Parameter names: What was asked for, for when nothing is found.
  func check(_ sources: some Sequence<HistorySource> & Sendable, named names: [String]) -> ReplaySummary {
    var summary = ReplaySummary()
    var issues = 0
    for result in replayer.results(of: sources) {
      switch result {
      case .verdict(let verdict):
        summary.add(verdict)
        if verdict.isAcceptable { continue }
        fail(Self.report(on: verdict))
      case .passedOver: continue
      case .unreadable(let error): fail("\(error)")
      case .suiteError(let error): fail("\(error)")
      }
      issues += 1
    }
    if issues > 0 { return summary }
    let places = names.joined(separator: ", ")
    if summary.total == 0 {
      fail("no history found in \(places)")
    } else if summary[.skipped] == summary.total {
      fail("no history of \(places) was replayed: no app defines its workflow type")
    }
    return summary
  }

  private func fail(_ message: String) { TestIssue(message: message, place: place).record() }

  /// What `hindcast replay` prints of a history.
  static func report(on verdict: HistoryVerdict) -> String {
    let output = MemoryOutput()
    var reporter = TextReporter(to: output, workingDirectory: FileManager.default.currentDirectoryPath, detail: .quiet)
    // Memory takes whatever is written.
    try? reporter.report(verdict)
    return output.text.trimmingCharacters(in: .newlines)
  }
}
