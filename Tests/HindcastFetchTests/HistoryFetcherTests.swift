import Foundation
import HindcastCalls
import HindcastFetch
import HindcastHistory
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Fetching histories into a folder.
final class HistoryFetcherTests: XCTestCase {
  private func fetch(
    _ request: FetchRequest = FetchRequest(pageSize: 2), from connection: any ServiceConnection,
    to folder: TemporaryFolder, jobs: Int = 3, isUnique: Bool = false, transforms: [any HistoryTransform] = []
  ) async throws -> FetchSummary {
    let export = try ExportFolder(
      path: folder.path, options: ExportOptions(namespace: request.namespace, isUnique: isUnique))
    var fetcher = HistoryFetcher(request, from: connection, to: export, transforms: transforms)
    fetcher.jobs = jobs
    return await fetcher.run()
  }

  func testHistoriesAreThoseOfTheService() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(5)
    let summary = try await fetch(from: fleet.service, to: folder)
    XCTAssertNil(summary.stop)
    XCTAssertEqual([summary.listed, summary.fetched, summary.skipped, summary.failures.count], [5, 5, 0, 0])
    let histories = try folder.histories()
    XCTAssertEqual(Set(histories.values.compactMap(\.workflowID)), Set((0..<5).map { "order-\($0)" }))
    for (name, history) in histories {
      let id = try XCTUnwrap(history.workflowID)
      XCTAssertEqual(name, "\(id).\(try XCTUnwrap(history.runID)).json")
      let original = try await fleet.service.history(of: .with { $0.workflowID = id }, in: "default")
      XCTAssertEqual(history.events, original.events)
      XCTAssertEqual(HistoryValidator.findings(in: history).filter { $0.severity > .info }.count, 0)
    }
    XCTAssertEqual(summary.events, histories.values.reduce(0) { $0 + $1.events.count })
  }

  func testQueryChoosesRunsAndLimitEndsTheList() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(5)
    let connection = WatchedConnection(fleet.service)
    let one = try await fetch(
      FetchRequest(query: "WorkflowId = 'order-3'"), from: connection, to: folder)
    XCTAssertEqual([one.listed, one.fetched], [1, 1])
    XCTAssertEqual(try folder.histories().values.map(\.workflowID), ["order-3"])

    let other = try TemporaryFolder()
    let three = try await fetch(FetchRequest(limit: 3, pageSize: 2), from: connection, to: other)
    XCTAssertEqual([three.listed, three.fetched], [3, 3])
    XCTAssertEqual(try other.histories().count, 3)
  }

  func testQueryThatTheServiceRefusesIsSaid() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    let summary = try await fetch(FetchRequest(query: "WorkflowId ="), from: fleet.service, to: folder)
    let error = try XCTUnwrap(summary.stop as? ServiceError)
    XCTAssertEqual(error.code, .invalidArgument)
    XCTAssertTrue(error.message.contains("query"), error.message)
  }

  func testSampleIsAShareThatIsTheSameEachTime() async throws {
    let fleet = FleetOfRuns()
    try await fleet.complete(40)
    var chosen: [Set<String>] = []
    for _ in 0..<2 {
      let folder = try TemporaryFolder()
      _ = try await fetch(FetchRequest(sample: 0.5, pageSize: 7), from: fleet.service, to: folder)
      chosen.append(Set(try folder.histories().keys))
    }
    XCTAssertEqual(chosen[0], chosen[1])
    // Of 40 fair coins fewer than 8 or more than 32 heads come once in ten thousand times, and the ids are always the same.
    XCTAssertTrue((8...32).contains(chosen[0].count), "\(chosen[0].count)")
    let few = try TemporaryFolder()
    let summary = try await fetch(FetchRequest(limit: 4, sample: 0.5, pageSize: 7), from: fleet.service, to: few)
    XCTAssertEqual(summary.fetched, 4)
    XCTAssertTrue(Set(try few.histories().keys).isSubset(of: chosen[0]))
  }

  func testSecondCallFetchesOnlyWhatIsNewOrHasGrown() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(3)
    try await fleet.start("open-still")
    try await fleet.work(.timer)
    try await fleet.start("open-grows")
    try await fleet.work(.timer)
    _ = try await fetch(from: fleet.service, to: folder)
    let before = try folder.histories()
    XCTAssertEqual(before.count, 5)

    try await fleet.signal("open-grows")
    try await fleet.start("new")
    let connection = WatchedConnection(fleet.service)
    let summary = try await fetch(from: connection, to: folder)
    XCTAssertEqual([summary.listed, summary.fetched, summary.skipped], [6, 2, 4])
    XCTAssertEqual(connection.count("GetWorkflowExecutionHistory"), 2)
    // The open runs are asked about; the closed ones cannot have grown.
    XCTAssertEqual(connection.count("DescribeWorkflowExecution"), 2)
    let after = try folder.histories()
    XCTAssertEqual(after.count, 6)
    for (name, history) in before {
      let grows = history.workflowID == "open-grows"
      XCTAssertEqual(after[name]?.events == history.events, !grows, name)
    }
  }

  func testRunThatClosedMeanwhileIsFetchedAnew() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.start("short")
    _ = try await fetch(from: fleet.service, to: folder)
    XCTAssertEqual(try folder.histories().values.map(\.isClosed), [false])
    try await fleet.work()
    let summary = try await fetch(from: fleet.service, to: folder)
    XCTAssertEqual(summary.fetched, 1)
    XCTAssertEqual(try folder.histories().values.map(\.isClosed), [true])
  }

  func testFileThatWasRemovedIsFetchedAgain() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(3)
    _ = try await fetch(from: fleet.service, to: folder)
    let name = try XCTUnwrap(folder.histories().keys.sorted().first)
    try FileManager.default.removeItem(atPath: folder[name])
    let summary = try await fetch(from: fleet.service, to: folder)
    XCTAssertEqual([summary.fetched, summary.skipped], [1, 2])
    XCTAssertNotNil(try folder.histories()[name])
  }

  func testRunThatMovesBetweenPagesIsFetchedOnce() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(6)
    // After the first page further runs start, which come first in the list and move the others onto the next page.
    let connection = RepeatingList(fleet.service)
    let summary = try await fetch(from: connection, to: folder)
    XCTAssertEqual(summary.fetched, 6)
    XCTAssertEqual(try folder.histories().count, 6)
    XCTAssertGreaterThan(connection.rows, 6)
  }

  func testHistoryThatIsGoneIsAFailureAndTheOthersAreFetched() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(4)
    let connection = WatchedConnection(fleet.service) { number, method in
      if method == "GetWorkflowExecutionHistory", number == 3 { throw ServiceError(.notFound, "workflow not found") }
    }
    let summary = try await fetch(from: connection, to: folder, jobs: 1)
    XCTAssertNil(summary.stop)
    XCTAssertEqual([summary.fetched, summary.failures.count], [3, 1])
    XCTAssertEqual((summary.failures.first?.error as? ServiceError)?.code, .notFound)
  }

  func testRunsAreFetchedSeveralAtATime() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(4)
    let gate = GatedHistories(fleet.service, opensAt: 4)
    let summary = try await fetch(from: gate, to: folder, jobs: 4)
    XCTAssertEqual(summary.fetched, 4)
  }

  func testWorkflowIDThatOldServersLeaveOutIsWritten() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(1)
    let connection = ForgetfulHistories(fleet.service)
    _ = try await fetch(from: connection, to: folder)
    XCTAssertEqual(try folder.histories().values.map(\.workflowID), ["order-0"])
  }

  func testRedactedHistoriesHaveNoPayloadOfTheOriginal() async throws {
    let (fleet, folder) = (FleetOfRuns(), try TemporaryFolder())
    try await fleet.complete(2)
    var generator = SeededGenerator(state: 1)
    let redaction = Redaction(.strings, using: &generator)
    _ = try await fetch(from: fleet.service, to: folder, transforms: [redaction])
    let histories = try folder.histories()
    XCTAssertEqual(histories.count, 2)
    for history in histories.values {
      let payloads = try history.payloads().compactMap(\.jsonText)
      XCTAssertTrue(payloads.contains { $0.contains(#""amount""#) })
      XCTAssertFalse(payloads.contains { $0.contains("Ann") }, "\(payloads)")
      XCTAssertFalse(history.events.contains { $0.workflowTaskStartedEventAttributes.identity == "worker" })
    }
  }
}
