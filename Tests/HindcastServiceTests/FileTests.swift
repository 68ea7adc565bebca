import Foundation
import GRDB
import HindcastCalls
import HindcastServer
import HindcastTestSupport
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastService

final class FileTests: XCTestCase {
  func testWhatWasAnsweredIsThereAfterAnother() async throws {
    let folder = try TemporaryFolder()
    let configuration = ServiceConfiguration(storage: .file(folder["s.db"]))
    let first = try TemporalService(configuration)
    let runID = try await first.start("w")
    try await first.complete(first.pollTask(), .timer("t", .milliseconds(10)))
    try await first.close()
    let second = try TemporalService(configuration)
    try await second.complete(second.pollTask(), .completion)
    let events = try await second.events("w", runID)
    XCTAssertEqual(events.map(\.eventID), Array(1...10))
    XCTAssertEqual(events.last?.eventType, .workflowExecutionCompleted)
    try await second.close()
  }

  func testAFileIsServedOnce() async throws {
    let folder = try TemporaryFolder()
    let path = folder["s.db"]
    let first = try TemporalService(.init(storage: .file(path)))
    XCTAssertThrowsError(try TemporalService(.init(storage: .file(path)))) {
      XCTAssertEqual($0 as? ServiceStoreError, .inUse(path: path))
    }
    try await first.start("w")
    try await first.close()
  }

  func testForeignFilesAreLeftAlone() throws {
    let folder = try TemporaryFolder()
    let foreign = folder["foreign.db"]
    try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE notes (text)") }
    XCTAssertThrowsError(try TemporalService(.init(storage: .file(foreign)))) {
      XCTAssertEqual($0 as? ServiceStoreError, .notHindcast(path: foreign))
    }
    let text = folder["text.db"]
    try Data(repeating: 0x41, count: 5_000).write(to: URL(fileURLWithPath: text))
    XCTAssertThrowsError(try TemporalService(.init(storage: .file(text)))) {
      guard case .corrupt(text, _)? = $0 as? ServiceStoreError else { return XCTFail("\($0)") }
    }
    let nowhere = folder["no/such/folder.db"]
    XCTAssertThrowsError(try TemporalService(.init(storage: .file(nowhere)))) {
      guard case .unusable(nowhere, _)? = $0 as? ServiceStoreError else { return XCTFail("\($0)") }
    }
  }

  func testANewerVersionIsRefused() async throws {
    let folder = try TemporaryFolder()
    let path = folder["s.db"]
    try await TemporalService(.init(storage: .file(path))).close()
    try await DatabaseQueue(path: path).write {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 what is to come')")
    }
    XCTAssertThrowsError(try TemporalService(.init(storage: .file(path)))) {
      XCTAssertEqual($0 as? ServiceStoreError, .newerVersion(path: path))
    }
  }

  func testAnUnreadableRecordIsNamed() async throws {
    let folder = try TemporaryFolder()
    let path = folder["s.db"]
    let service = try TemporalService(.init(storage: .file(path)))
    try await service.start("w")
    try await service.close()
    try await DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE executions SET record = x'ff'") }
    XCTAssertThrowsError(try TemporalService(.init(storage: .file(path)))) {
      guard case .corrupt(path, let reason)? = $0 as? ServiceStoreError else { return XCTFail("\($0)") }
      XCTAssertTrue(reason.contains("a record cannot be read"), reason)
    }
  }

  func testPeopleCanReadTheFile() async throws {
    let folder = try TemporaryFolder()
    let path = folder["s.db"]
    let service = try TemporalService(.init(storage: .file(path)))
    try await service.start("a", type: "Order")
    try await service.start("b", type: "Order")
    try await service.terminate("b")
    let queue = try DatabaseQueue(path: path)
    let rows = try await queue.read { database in
      try Row.fetchAll(
        database,
        sql:
          "SELECT workflow_id, workflow_type, status, close_time IS NULL AS open FROM visibility ORDER BY workflow_id"
      ).map { "\($0)" }
    }
    XCTAssertEqual(
      rows,
      [
        #"[workflow_id:"a" workflow_type:"Order" status:"Running" open:1]"#,
        #"[workflow_id:"b" workflow_type:"Order" status:"Terminated" open:0]"#,
      ])
    try await service.close()
  }

  func testAClosedServiceAnswersNothing() async throws {
    let service = try TemporalService()
    let poll = Task { try await service.pollTask() }
    while await service.state.isWaitingForNothing { await Task.yield() }
    try await service.close()
    let waited = await assertThrows(ServiceError.self) { _ = try await poll.value }
    XCTAssertEqual(waited?.code, .unavailable)
    let late = await assertThrows(ServiceError.self) { try await service.start("w") }
    XCTAssertEqual(late?.code, .unavailable)
  }
}

extension ServerMachine {
  fileprivate var isWaitingForNothing: Bool { !(1...10).contains { isWaiting(CallID($0)) } }
}
