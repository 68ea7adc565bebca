import Foundation
import HindcastHistory
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastFetch

/// The files of an export.
final class ExportFolderTests: XCTestCase {
  private func run(_ id: String, _ runID: String = "0f1e2d3c") -> RunKey { RunKey(workflowID: id, runID: runID) }

  func testNamesLeadNowhereElse() {
    let cases = [
      ("order-17", "order-17.0f1e2d3c.json"), ("../x", "%2E.%2Fx.0f1e2d3c.json"), ("a/b\\c", "a%2Fb%5Cc.0f1e2d3c.json"),
      ("nul\u{0}", "nul%00.0f1e2d3c.json"), ("", "%.0f1e2d3c.json"), (".hidden", "%2Ehidden.0f1e2d3c.json"),
      ("app:order 1", "app%3Aorder%201.0f1e2d3c.json"), ("100%", "100%25.0f1e2d3c.json"),
      ("größe", "gr%C3%B6%C3%9Fe.0f1e2d3c.json"), ("a~b", "a%7Eb.0f1e2d3c.json"),
    ]
    for (id, name) in cases { XCTAssertEqual(ExportName.name(of: run(id)), name) }
    XCTAssertEqual(ExportName.name(of: run("a", "../../b")), "a.%2E.%2F..%2Fb.json")
  }

  func testLongNamesAreCutAndStayDifferent() {
    let long = String(repeating: "x", count: 1000)
    let names = [long + "a", long + "b", String(repeating: "ü", count: 300)].map { ExportName.name(of: run($0, long)) }
    XCTAssertEqual(Set(names).count, 3)
    for name in names {
      XCTAssertLessThanOrEqual(name.utf8.count, 255)
      XCTAssertTrue(name.hasSuffix(".json"))
    }
  }

  private func history(_ events: [HistoryEvent], of run: RunKey) -> WorkflowHistory {
    var first = HistoryEvent()
    first.eventType = .workflowExecutionStarted
    first.workflowExecutionStartedEventAttributes.workflowID = run.workflowID
    first.workflowExecutionStartedEventAttributes.originalExecutionRunID = run.runID
    var last = HistoryEvent()
    last.eventType = .workflowExecutionCompleted
    last.workflowExecutionCompletedEventAttributes = .init()
    return WorkflowHistory(events: [first] + events + [last])
  }

  private func activity(_ type: String) -> HistoryEvent {
    .with {
      $0.eventType = .activityTaskScheduled
      $0.activityTaskScheduledEventAttributes.activityType.name = type
    }
  }

  private func store(_ folder: ExportFolder, _ run: RunKey, _ types: String...) async throws -> ExportFolder.Outcome {
    let history = history(types.map(activity), of: run)
    return try await folder.store(HistoryWriter.json(history), of: run, history)
  }

  func testIDsThatDifferInCapitalsGetDifferentFiles() async throws {
    let temporary = try TemporaryFolder()
    let folder = try ExportFolder(path: temporary.path, options: ExportOptions(namespace: "default"))
    for id in ["order", "Order", "ORDER"] { _ = try await store(folder, run(id), "a") }
    let histories = try temporary.histories()
    XCTAssertEqual(Set(histories.values.compactMap(\.workflowID)), ["order", "Order", "ORDER"])
    XCTAssertEqual(Set(histories.keys.map { $0.lowercased() }).count, 3)
    // Again, in another order: each run has its file.
    for id in ["ORDER", "order"] { _ = try await store(folder, run(id), "a", "b") }
    XCTAssertEqual(Set(try temporary.histories().keys), Set(histories.keys))
  }

  func testOneOfEachShapeIsKeptTheShortest() async throws {
    let temporary = try TemporaryFolder()
    let options = ExportOptions(namespace: "default", isUnique: true)
    do {
      let folder = try ExportFolder(path: temporary.path, options: options)
      let outcomes = [
        try await store(folder, run("long-loop"), "a", "b", "a", "b", "a", "b"),
        try await store(folder, run("other"), "a", "c"),
        try await store(folder, run("loop"), "a", "b", "a", "b"),
        try await store(folder, run("longer-loop"), "a", "b", "a", "b", "a", "b", "a", "b"),
        try await store(folder, run("no-loop"), "a", "b"),
      ]
      XCTAssertEqual(outcomes, [.written, .written, .replacing, .duplicate, .written])
      XCTAssertEqual(Set(try temporary.histories().values.compactMap(\.workflowID)), ["other", "loop", "no-loop"])
    }
    // The next call knows what was left out.
    let folder = try ExportFolder(path: temporary.path, options: options)
    for id in ["long-loop", "longer-loop", "loop", "other", "no-loop"] {
      let known = await folder.known(run(id))
      XCTAssertEqual(known?.run, run(id), id)
      XCTAssertEqual(known?.isClosed, true, id)
      XCTAssertEqual(known?.file == nil, id.hasPrefix("long"), id)
    }
    let outcome = try await store(folder, run("latest-loop"), "a", "b", "a", "b", "a", "b")
    XCTAssertEqual(outcome, .duplicate)
  }

  func testRunThatGrowsIntoTheShapeOfAnotherGivesUpItsFile() async throws {
    let temporary = try TemporaryFolder()
    let folder = try ExportFolder(path: temporary.path, options: ExportOptions(namespace: "default", isUnique: true))
    _ = try await store(folder, run("short"), "a", "b", "a", "b")
    _ = try await store(folder, run("grows"), "a")
    XCTAssertEqual(try temporary.histories().count, 2)
    let outcome = try await store(folder, run("grows"), "a", "b", "a", "b", "a", "b")
    XCTAssertEqual(outcome, .duplicate)
    XCTAssertEqual(try temporary.histories().values.compactMap(\.workflowID), ["short"])
  }

  /// They may be of another kind: not redacted, for example.
  func testFilesOfOthersAreNotTakenOn() async throws {
    let temporary = try TemporaryFolder()
    let mine = run("mine")
    try Data(HistoryWriter.json(history([], of: mine))).write(
      to: URL(fileURLWithPath: temporary[ExportName.name(of: mine)]))
    let options = ExportOptions(namespace: "default", redaction: "strings")
    let folder = try ExportFolder(path: temporary.path, options: options)
    let known = await folder.known(mine)
    XCTAssertNil(known)
  }

  func testWhatWasLeftOutIsFetchedWhenItsTwinIsGone() async throws {
    let temporary = try TemporaryFolder()
    let options = ExportOptions(namespace: "default", isUnique: true)
    do {
      let folder = try ExportFolder(path: temporary.path, options: options)
      _ = try await store(folder, run("kept"), "a")
      _ = try await store(folder, run("twin"), "a")
    }
    try FileManager.default.removeItem(atPath: temporary[ExportName.name(of: run("kept"))])
    let folder = try ExportFolder(path: temporary.path, options: options)
    let (kept, twin) = (await folder.known(run("kept")), await folder.known(run("twin")))
    XCTAssertNil(kept)
    XCTAssertNil(twin)
  }

  func testFolderTakesOnlyHistoriesOfOneKind() async throws {
    let temporary = try TemporaryFolder()
    func open(_ change: (inout ExportOptions) -> Void) throws -> ExportFolder {
      var options = ExportOptions(namespace: "default")
      change(&options)
      return try ExportFolder(path: temporary.path, options: options)
    }
    _ = try open { _ in }
    let changes: [(inout ExportOptions) -> Void] = [
      { $0.redaction = "strings" }, { $0.namespace = "other" }, { $0.isDecoded = true }, { $0.isUnique = true },
    ]
    for change in changes {
      XCTAssertThrowsError(try open(change)) { error in
        XCTAssertTrue("\(error)".contains("filled with other options"), "\(error)")
      }
    }
    _ = try open { _ in }
  }

  func testTwoCallsCannotFillOneFolder() async throws {
    let temporary = try TemporaryFolder()
    let options = ExportOptions(namespace: "default")
    let first = try ExportFolder(path: temporary.path, options: options)
    XCTAssertThrowsError(try ExportFolder(path: temporary.path, options: options)) { error in
      XCTAssertTrue("\(error)".contains("another hindcast fetch"), "\(error)")
    }
    _ = await first.known(run("any"))
  }

  func testFolderThatCannotBeWrittenIsAnError() throws {
    let temporary = try TemporaryFolder()
    try Data().write(to: URL(fileURLWithPath: temporary["file"]))
    XCTAssertThrowsError(
      try ExportFolder(path: temporary["file"], options: ExportOptions(namespace: "default"))
    ) { XCTAssertTrue($0 is ExportError, "\($0)") }
  }
}
