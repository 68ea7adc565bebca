import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Reading histories (`server.md` 14.1).
final class HistoryTests: XCTestCase {
  private func request(_ change: (inout HistoryRequest) -> Void = { _ in }) -> HistoryRequest {
    var request = HistoryRequest.with {
      $0.namespace = "default"
      $0.execution.workflowID = "w"
    }
    change(&request)
    return request
  }

  private func read(
    _ rig: inout ServerRig, clientName: String = "", _ change: (inout HistoryRequest) -> Void = { _ in }
  ) throws -> HistoryResponse {
    try rig.call(WorkflowService.getWorkflowExecutionHistory, request(change), clientName: clientName)
  }

  /// A run of three batches: events 1 and 2, 3, 4 and 5.
  private func threeBatches(_ rig: inout ServerRig) throws -> String {
    let run = try rig.start()
    let task = try rig.pollTask()
    try rig.complete(task) { $0.forceCreateNewWorkflowTask = true }
    XCTAssertEqual(rig.archive.histories[run]?.map(\.events.count), [2, 1, 2])
    return run
  }

  func testAPausedRunIsReadAsAClosedOne() throws {
    var rig = ServerRig()
    let run = try threeBatches(&rig)
    let waiting = rig.begin(
      WorkflowService.getWorkflowExecutionHistory,
      request {
        $0.waitNewEvent = true
        $0.historyEventFilterType = .closeEvent
      })
    try rig.call(
      WorkflowService.pauseWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = "w"
        $0.requestID = "pause"
      })
    let answer = try XCTUnwrap(rig.answer(waiting, of: WorkflowService.getWorkflowExecutionHistory))
    XCTAssertEqual(answer.history.events.map(\.eventType), [.workflowExecutionPaused])
    // Whoever reads it knows of the task that was taken back before.
    XCTAssertEqual(
      rig.history(run).suffix(2).map(\.eventType), [.workflowTaskFailed, .workflowExecutionPaused])
    for waits in [false, true] {
      let last = try read(&rig) {
        $0.waitNewEvent = waits
        $0.historyEventFilterType = .closeEvent
      }
      XCTAssertEqual(last.history.events.map(\.eventType), [.workflowExecutionPaused])
      let all = try read(&rig) { $0.waitNewEvent = waits }
      XCTAssertEqual(all.history.events, rig.history(run))
      XCTAssertEqual(all.nextPageToken, Data())
    }
  }

  func testAPageHoldsBatchesAndTheLastOneMayBeEmpty() throws {
    var rig = ServerRig()
    _ = try threeBatches(&rig)
    for (size, expected) in [(3, [[1, 2, 3, 4, 5], []]), (2, [[1, 2, 3], [4, 5]]), (0, [[1, 2, 3, 4, 5]])] {
      var pages: [[Int64]] = []
      var token = Data()
      repeat {
        let page = try read(&rig) {
          $0.maximumPageSize = Int32(size)
          $0.nextPageToken = token
        }
        pages.append(page.history.events.map(\.eventID))
        token = page.nextPageToken
      } while !token.isEmpty && pages.count < 9
      XCTAssertEqual(pages, expected.map { $0.map(Int64.init) }, "pages of \(size)")
    }
  }

  func testBackwardsTheFirstEventIsTheEnd() throws {
    var rig = ServerRig()
    _ = try threeBatches(&rig)
    for (size, expected) in [(3, [[5, 4, 3, 2, 1]]), (2, [[5, 4, 3], [2, 1]])] {
      var pages: [[Int64]] = []
      var token = Data()
      repeat {
        let page = try rig.call(
          WorkflowService.getWorkflowExecutionHistoryReverse,
          .with {
            $0.namespace = "default"
            $0.execution.workflowID = "w"
            $0.maximumPageSize = Int32(size)
            $0.nextPageToken = token
          })
        pages.append(page.history.events.map(\.eventID))
        token = page.nextPageToken
      } while !token.isEmpty && pages.count < 9
      XCTAssertEqual(pages, expected.map { $0.map(Int64.init) }, "pages of \(size)")
    }
  }

  func testTheEncodedFormHoldsTheSameEvents() throws {
    var rig = ServerRig()
    let run = try threeBatches(&rig)
    let batches = rig.archive.histories[run, default: []]
    for first in Int64(1)...6 {
      let encoded = Temporal_Api_History_V1_History(batches, from: first, as: .encoded)
      XCTAssertEqual(encoded.events, [], "they are not to be encoded once more")
      let events = Temporal_Api_History_V1_History(batches, from: first, as: .events)
      XCTAssertEqual(events.events.map(\.eventID), Array(first..<6), "from \(first)")
      XCTAssertEqual(try Temporal_Api_History_V1_History(serializedBytes: encoded.serializedData()), events)
    }
  }

  func testABatchThatIsReadIsTheOneThatWasWritten() throws {
    var rig = ServerRig()
    let run = try rig.start { $0.input = Payloads(text: String(repeating: "x", count: 20_000)) }
    try rig.complete(try rig.pollTask(), .completeWorkflow())
    for batch in rig.archive.histories[run, default: []] {
      XCTAssertEqual(try EventBatch(encoded: batch.encoded), batch)
      XCTAssertEqual(batch.eventBytes, try batch.events.reduce(0) { $0 + (try $1.serializedData().count) })
      // A field that no version of ours wrote: the events are there all the same.
      let strange = Data([2 << 3] + Array(repeating: 0xff, count: 9) + [1]) + batch.encoded
      XCTAssertEqual(try EventBatch(encoded: strange).events, batch.events)
    }
  }

  func testALongPollWaitsForNewsAndEndsWithTheRun() throws {
    var rig = ServerRig()
    _ = try threeBatches(&rig)
    let first = try read(&rig) { $0.waitNewEvent = true }
    XCTAssertEqual(first.history.events.count, 5)
    let poll = rig.begin(
      WorkflowService.getWorkflowExecutionHistory,
      request {
        $0.waitNewEvent = true
        $0.nextPageToken = first.nextPageToken
      })
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.getWorkflowExecutionHistory))
    let task = try rig.pollTask()
    let news = try XCTUnwrap(rig.answer(poll, of: WorkflowService.getWorkflowExecutionHistory))
    XCTAssertEqual(news.history.events.map(\.eventID), [6])
    XCTAssertFalse(news.nextPageToken.isEmpty)
    let last = rig.begin(
      WorkflowService.getWorkflowExecutionHistory,
      request {
        $0.waitNewEvent = true
        $0.nextPageToken = news.nextPageToken
      })
    try rig.complete(task, .completeWorkflow())
    let end = try XCTUnwrap(rig.answer(last, of: WorkflowService.getWorkflowExecutionHistory))
    XCTAssertEqual(end.history.events.last?.eventType, .workflowExecutionCompleted)
    XCTAssertTrue(end.nextPageToken.isEmpty)
  }

  func testALongPollInVainAnswersEmptyWithAToken() throws {
    var rig = ServerRig()
    _ = try threeBatches(&rig)
    let token = try read(&rig) { $0.waitNewEvent = true }.nextPageToken
    let poll = rig.begin(
      WorkflowService.getWorkflowExecutionHistory,
      request {
        $0.waitNewEvent = true
        $0.nextPageToken = token
      })
    rig.expire(poll)
    let answer = try XCTUnwrap(rig.answer(poll, of: WorkflowService.getWorkflowExecutionHistory))
    XCTAssertTrue(answer.history.events.isEmpty)
    XCTAssertEqual(answer.nextPageToken, token)
  }

  func testTheCloseEventAlone() throws {
    var rig = ServerRig()
    _ = try threeBatches(&rig)
    let running = try read(&rig) { $0.historyEventFilterType = .closeEvent }
    XCTAssertTrue(running.history.events.isEmpty)
    XCTAssertTrue(running.nextPageToken.isEmpty)
    let poll = rig.begin(
      WorkflowService.getWorkflowExecutionHistory,
      request {
        $0.historyEventFilterType = .closeEvent
        $0.waitNewEvent = true
      })
    try rig.complete(rig.pollTask(), .completeWorkflow())
    for answer in [
      try XCTUnwrap(rig.answer(poll, of: WorkflowService.getWorkflowExecutionHistory)),
      try read(&rig) { $0.historyEventFilterType = .closeEvent },
    ] {
      XCTAssertEqual(answer.history.events.map(\.eventType), [.workflowExecutionCompleted])
      XCTAssertTrue(answer.nextPageToken.isEmpty)
    }
  }

  func testEventsOfARepeatedTaskAreShownButNotToTheCLI() throws {
    var rig = ServerRig()
    try rig.start()
    let task = try rig.pollTask()
    try rig.fail(task)
    _ = try rig.pollTask()
    XCTAssertEqual(try read(&rig).history.events.map(\.eventID), [1, 2, 3, 4, 5, 6])
    XCTAssertEqual(try read(&rig, clientName: "temporal-cli").history.events.map(\.eventID), [1, 2, 3, 4])
  }

  func testTokensThatNoServerMadeAndSuchOfOtherRuns() throws {
    var rig = ServerRig()
    let run = try threeBatches(&rig)
    for text in ["x", "h1|\(run)|x|p", "h1|\(run)|1|b", "h1|\(run)|-1|p"] {
      XCTAssertEqual(
        refusal { _ = try read(&rig) { $0.nextPageToken = Data(text.utf8) } }?.message, "Invalid NextPageToken.")
    }
    XCTAssertEqual(
      refusal {
        _ = try read(&rig) {
          $0.execution.runID = UUID().uuidString
          $0.nextPageToken = HistoryToken(runID: run, eventID: 1, kind: .page).data
        }
      }?.message, "RunId in the request does not match the NextPageToken.")
  }
}
