import Foundation
import HindcastCalls
import HindcastFetch
import HindcastHistory
import HindcastTestSupport
import XCTest

/// A fetch that ends at any point leaves a folder that is whole, and the next goes on.
final class FetchInterruptionTests: XCTestCase {
  private static let runs = 5

  private func fetch(
    from connection: any ServiceConnection, to folder: TemporaryFolder, jobs: Int, isUnique: Bool = false
  ) async throws -> FetchSummary {
    let export = try ExportFolder(
      path: folder.path, options: ExportOptions(namespace: "default", isUnique: isUnique))
    var fetcher = HistoryFetcher(FetchRequest(pageSize: 2), from: connection, to: export)
    fetcher.jobs = jobs
    return await fetcher.run()
  }

  private func assertWhole(_ folder: TemporaryFolder, _ message: String) throws -> Int {
    let histories = try folder.histories()
    for (name, history) in histories { XCTAssertTrue(history.isClosed, "\(message): \(name)") }
    let others = try folder.files().filter { !$0.hasSuffix(".json") }
    XCTAssertEqual(others, [".hindcast-fetch.jsonl"], message)
    return histories.count
  }

  func testEveryCallMayBeTheLast() async throws {
    let fleet = FleetOfRuns()
    try await fleet.complete(Self.runs)
    let whole = try TemporaryFolder()
    let counted = WatchedConnection(fleet.service)
    _ = try await fetch(from: counted, to: whole, jobs: 1)
    let calls = counted.calls.count
    XCTAssertEqual(calls, 3 + Self.runs)

    for jobs in [1, 3] {
      for last in 1...calls {
        for isCancelled in [true, false] {
          let message = "call \(last), \(jobs) jobs, \(isCancelled ? "cancelled" : "unavailable")"
          let folder = try TemporaryFolder()
          let connection = WatchedConnection(fleet.service) { number, _ in
            guard number >= last else { return }
            if isCancelled { throw CancellationError() }
            throw ServiceError(.unavailable, "the server is gone")
          }
          let first = try await fetch(from: connection, to: folder, jobs: jobs)
          XCTAssertNotNil(first.stop, message)
          let there = try assertWhole(folder, message)
          XCTAssertEqual(there, first.fetched, message)

          let watched = WatchedConnection(fleet.service)
          let second = try await fetch(from: watched, to: folder, jobs: jobs)
          XCTAssertNil(second.stop, message)
          XCTAssertEqual([second.skipped, second.fetched], [there, Self.runs - there], message)
          XCTAssertEqual(watched.count("GetWorkflowExecutionHistory"), Self.runs - there, message)
          XCTAssertEqual(try assertWhole(folder, message), Self.runs, message)
          for name in try whole.histories().keys {
            XCTAssertEqual(try folder.content(name), try whole.content(name), message)
          }
        }
      }
    }
  }

  /// What a kill leaves: a file that nobody noted, one that was not finished, half a line.
  func testWhatAKillLeavesIsPutInOrder() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(Self.runs)
    _ = try await fetch(from: fleet.service, to: folder, jobs: 1)
    let journal = folder[".hindcast-fetch.jsonl"]
    let text = try String(contentsOfFile: journal, encoding: .utf8)
    let lines = text.split(separator: "\n")
    XCTAssertEqual(lines.count, 1 + Self.runs)
    try Data("{".utf8).write(to: URL(fileURLWithPath: folder[".hindcast-unfinished-order-9.json"]))
    try (lines.dropLast(2).joined(separator: "\n") + "\n" + lines[lines.count - 2].prefix(20))
      .write(toFile: journal, atomically: false, encoding: .utf8)

    let watched = WatchedConnection(fleet.service)
    let summary = try await fetch(from: watched, to: folder, jobs: 1)
    XCTAssertEqual(summary.skipped, Self.runs)
    XCTAssertEqual(watched.count("GetWorkflowExecutionHistory"), 0)
    XCTAssertEqual(try assertWhole(folder, "after a kill"), Self.runs)
    XCTAssertEqual(try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n").count, 1 + Self.runs)
  }

  func testCancellingTheTaskEndsTheFetch() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(2)
    // No history ever comes; only the cancellation ends the wait.
    let (asked, isAsked) = AsyncStream.makeStream(of: Void.self)
    let connection = WatchedConnection(StuckHistories(fleet.service)) { _, method in
      if method == "GetWorkflowExecutionHistory" { isAsked.yield() }
    }
    let path = folder.path
    let work = Task {
      let export = try ExportFolder(path: path, options: ExportOptions(namespace: "default"))
      return await HistoryFetcher(FetchRequest(), from: connection, to: export).run()
    }
    for await _ in asked { break }
    work.cancel()
    let summary = try await work.value
    XCTAssertTrue(summary.stop is CancellationError)
    XCTAssertEqual(try assertWhole(folder, "cancelled"), 0)
  }
}
