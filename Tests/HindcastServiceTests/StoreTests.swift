import Foundation
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer
@testable import HindcastService

final class StoreTests: XCTestCase {
  private func message(_ kind: RecordKind, _ text: String) -> any Message {
    switch kind {
    case .execution: ExecutionRecord.with { $0.runID = text }
    case .activity: ActivityRecord.with { $0.identity = text }
    case .timer: TimerRecord.with { $0.timerID = text }
    case .child: ChildRecord.with { $0.runID = text }
    case .external: ExternalRecord.with { $0.requestID = text }
    case .update: UpdateRecord.with { $0.updateID = text }
    case .nexusOperation: NexusOperationRecord.with { $0.operationToken = text }
    case .request: RequestRecord.with { $0.requestID = text }
    case .bufferedEvent: BufferedEventRecord.with { $0.event.workerMayIgnore = !text.isEmpty }
    case .currentRun: CurrentRunRecord.with { $0.runID = text }
    case .namespace: NamespaceRecord.with { $0.name = text }
    case .taskQueue: TaskQueueRecord.with { $0.name = text }
    case .schedule: ScheduleRecord.with { $0.scheduleID = text }
    case .deployment: DeploymentRecord.with { $0.name = text }
    case .nexusEndpoint: NexusEndpointRecord.with { $0.endpoint.id = text }
    case .batch: BatchRecord.with { $0.jobID = text }
    case .standaloneActivity: StandaloneActivityRecord.with { $0.runID = text }
    }
  }

  private func read(_ store: SQLiteStore) throws -> [RecordKind: [String: Data]] {
    var rows: [RecordKind: [String: Data]] = [:]
    _ = try store.readRecords { rows[$0, default: [:]]["\($1)/\($2)"] = $3 }
    return rows
  }

  func testARecordOfEachKindIsStoredChangedAndRemoved() async throws {
    let store = try SQLiteStore()
    for kind in RecordKind.allCases {
      let layout = try XCTUnwrap(RecordLayout.byKind[kind])
      let owners = layout.owner == nil ? [""] : ["one", "two"]
      let keys = layout.key == nil ? [""] : ["1", "2"]
      for text in ["first", "changed"] {
        var group = CommitGroup()
        for owner in owners {
          for key in keys { group.add(.record(kind, owner: owner, key: key, message(kind, text + owner + key))) }
        }
        try await store.commit(group)
        let rows = try read(store)[kind] ?? [:]
        XCTAssertEqual(rows.count, owners.count * keys.count, "\(kind)")
        for owner in owners {
          for key in keys {
            let expected: Data = try message(kind, text + owner + key).serializedData()
            XCTAssertEqual(rows["\(owner)/\(key)"], expected, "\(kind)")
          }
        }
      }
      for owner in owners {
        for key in keys {
          var group = CommitGroup()
          group.add(.record(kind, owner: owner, key: key, nil))
          try await store.commit(group)
        }
      }
      XCTAssertNil(try read(store)[kind], "\(kind)")
    }
  }
}
