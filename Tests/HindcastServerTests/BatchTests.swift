import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Batch operations (`server.md` 15); what is expected was seen on the real server.
final class BatchTests: XCTestCase {
  private func rig(runs: Int) throws -> ServerRig {
    var rig = ServerRig()
    for number in 0..<runs {
      try rig.call(
        WorkflowService.startWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowID = "w\(number)"
          $0.workflowType.name = "T"
          $0.taskQueue.name = "q"
        })
    }
    return rig
  }

  private func start(_ rig: inout ServerRig, _ job: String, _ fill: (inout StartBatchRequest) -> Void) throws {
    var request = StartBatchRequest()
    request.namespace = "default"
    request.jobID = job
    request.reason = "why"
    request.visibilityQuery = "WorkflowType = 'T'"
    fill(&request)
    try rig.call(WorkflowService.startBatchOperation, request)
  }

  private func describe(
    _ rig: inout ServerRig, _ job: String
  ) throws -> Temporal_Api_Workflowservice_V1_DescribeBatchOperationResponse {
    try rig.call(
      WorkflowService.describeBatchOperation,
      .with {
        $0.namespace = "default"
        $0.jobID = job
      })
  }

  func testJobsWorkOnTheRunsOfAQuery() throws {
    var rig = try rig(runs: 3)
    try start(&rig, "signal") { $0.signalOperation.signal = "s" }
    XCTAssertEqual(try describe(&rig, "signal").completeOperationCount, 3)
    for run in rig.machine.executions.keys {
      XCTAssertEqual(rig.eventTypes(run).last, .workflowExecutionSignaled)
    }
    try start(&rig, "cancel") {
      $0.visibilityQuery = ""
      $0.executions = [.with { $0.workflowID = "w0" }, .with { $0.workflowID = "nobody" }]
      $0.cancellationOperation.identity = "me"
    }
    let cancelled = try describe(&rig, "cancel")
    XCTAssertEqual(cancelled.state, .completed)
    XCTAssertEqual(cancelled.operationType, .cancelWorkflow)
    XCTAssertEqual(cancelled.completeOperationCount, 2)
    XCTAssertEqual(cancelled.executions.map(\.businessID), ["w0", "nobody"])
    try start(&rig, "terminate") { $0.terminationOperation.identity = "me" }
    XCTAssertTrue(rig.machine.executions.values.allSatisfy { $0.record.status == .terminated })
    // Nothing runs any more, so there is nothing to terminate.
    try start(&rig, "again") { $0.terminationOperation.identity = "me" }
    XCTAssertEqual(try describe(&rig, "again").totalOperationCount, 0)
    let list = try rig.call(WorkflowService.listBatchOperations, .with { $0.namespace = "default" })
    XCTAssertEqual(list.operationInfo.count, 4)
  }

  func testLongJobsTakeTimeAndCanBeStopped() throws {
    var rig = try rig(runs: 120)
    try start(&rig, "job") { $0.terminationOperation = .init() }
    XCTAssertEqual(try describe(&rig, "job").completeOperationCount, 50)
    rig.advance(by: .seconds(1))
    XCTAssertEqual(try describe(&rig, "job").completeOperationCount, 100)
    try rig.call(
      WorkflowService.stopBatchOperation,
      .with {
        $0.namespace = "default"
        $0.jobID = "job"
        $0.reason = "enough"
      })
    rig.advance(by: .seconds(10))
    XCTAssertEqual(try describe(&rig, "job").completeOperationCount, 100)
    XCTAssertEqual(try describe(&rig, "job").state, .failed)
    XCTAssertEqual(rig.machine.executions.values.count { $0.isRunning }, 20)
  }

  func testWhatIsRefused() throws {
    var rig = try rig(runs: 1)
    let required =
      "must provide required parameters: BatchType,Reason,Namespace, AND one of (Query OR Executions OR TargetExecutions)"
    let table: [(String, (inout StartBatchRequest) -> Void)] = [
      (
        required,
        {
          $0.reason = ""; $0.terminationOperation = .init()
        }
      ),
      (
        required,
        {
          $0.visibilityQuery = ""; $0.terminationOperation = .init()
        }
      ),
      (required, { _ in }),
      (
        "JobId is not set on request.",
        {
          $0.jobID = ""; $0.terminationOperation = .init()
        }
      ),
      (
        "visibility query, executions, and target executions are mutually exclusive",
        {
          $0.executions = [.init()]; $0.terminationOperation = .init()
        }
      ),
      (
        "invalid visibility query: syntax error at position 29",
        {
          $0.visibilityQuery = "()"; $0.terminationOperation = .init()
        }
      ),
      ("must provide signal name", { $0.signalOperation = .init() }),
      ("unknown batch reset type Unspecified", { $0.resetOperation = .init() }),
    ]
    for (expected, fill) in table {
      XCTAssertThrowsError(try start(&rig, "job", fill)) {
        XCTAssertEqual(($0 as? ServiceError)?.message, expected)
      }
    }
    // What a query names that there is not, the job finds out.
    try start(&rig, "bad") {
      $0.visibilityQuery = "Nope = 1"; $0.terminationOperation = .init()
    }
    XCTAssertEqual(try describe(&rig, "bad").state, .failed)
    XCTAssertThrowsError(try start(&rig, "bad") { $0.terminationOperation = .init() })
  }
}
