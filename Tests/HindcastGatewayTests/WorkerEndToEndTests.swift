#if GRPC
import HindcastCalls
import Foundation
import HindcastCore
import HindcastGateway
import HindcastHistory
import HindcastTestSupport
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

private let namespace = "default"

/// A worker against Temporal's own dev server: what it makes the server write must replay.
final class WorkerEndToEndTests: XCTestCase {
  /// Scripts name this queue in their activities.
  private static let queue = "queue"

  private static let code: ScriptedCode = {
    var code = ScriptedCode([])
    code.scripts = [
      "order": [
        .sideEffect("1"), .activity("charge"), .timer(1), .parallel([.activity("ship"), .activity("mail")]),
        .complete("\"done\""),
      ],
      "waiter": [.receive("go"), .version("change", new: [.activity("ship")], old: [])],
      "updated": [.handleUpdate(), .complete("1")],
      "family": [.child("order"), .fail("the end")],
      "endless": [.continueAsNew("waiter")],
    ]
    return code
  }()

  private static let activities = ActivityTable([
    "charge": { $0.input }, "ship": { _ in nil },
    "mail": { activity in
      // The first try fails, so the server's retries show as well.
      if activity.info.attempt == 1 { throw ActivityError.failed(.with { $0.message = "the post is closed" }) }
      return nil
    },
  ])

  private final class Lines: Sendable { let lines = Mutex<[String]>([]) }

  private let errors = Lines()
  private var connection: GRPCConnection?
  private var worker: Task<Void, any Error>?

  override func setUp() async throws {
    let connection = try await GRPCConnection.connect(to: try await DevServer.shared.value.address)
    var configuration = WorkerConfiguration(
      taskQueue: Self.queue, identity: "tester", workflows: Self.code, activities: Self.activities)
    configuration.log = { [errors] line in
      if line.level == .error { errors.lines.withLock { $0.append("\(line)") } }
    }
    worker = Task { try await Worker(configuration, connection: connection).run() }
    self.connection = connection
  }

  override func tearDown() async throws {
    worker?.cancel()
    try await worker?.value
    await connection?.close()
    XCTAssertEqual(errors.lines.withLock { $0 }, [])
  }

  private func start(_ type: String) async throws -> Temporal_Api_Common_V1_WorkflowExecution {
    let connection = try XCTUnwrap(connection)
    let id = "\(type)-\(UUID().uuidString)"
    let started = try await connection.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = namespace
        $0.workflowID = id
        $0.workflowType.name = type
        $0.taskQueue.name = Self.queue
        // Ends a test that would else wait for ever.
        $0.workflowRunTimeout.seconds = 60
        $0.requestID = id
      })
    return .with {
      $0.workflowID = id
      $0.runID = started.runID
    }
  }

  private func signal(_ execution: Temporal_Api_Common_V1_WorkflowExecution, _ name: String) async throws {
    _ = try await XCTUnwrap(connection).call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = namespace
        $0.workflowExecution = execution
        $0.signalName = name
        $0.requestID = UUID().uuidString
      })
  }

  /// The history of a closed run, replayed: the verdict is `passed`.
  private func replay(
    _ execution: Temporal_Api_Common_V1_WorkflowExecution
  ) async throws -> [EventType] {
    let events = try await XCTUnwrap(connection).history(of: execution, in: namespace, untilClosed: true).events
    let history = WorkflowHistory(events: events, workflowID: execution.workflowID, runID: execution.runID)
    let outcome = HistoryReplay(history).run(in: Self.code.makeRuntime(RuntimeOptions()))
    XCTAssertEqual(outcome.verdict, .passed, outcome.failure?.message ?? "")
    XCTAssertNil(GoReplay.failure(of: history, in: Self.code.makeRuntime(RuntimeOptions())))
    return events.map(\.eventType)
  }

  func testActivitiesTimersAndMarkers() async throws {
    let types = try await replay(try await start("order"))
    XCTAssertEqual(types.last, .workflowExecutionCompleted)
    XCTAssertEqual(types.filter { $0 == .activityTaskCompleted }.count, 3)
    XCTAssertEqual(types.filter { $0 == .timerFired || $0 == .markerRecorded }.count, 2)
    XCTAssertFalse(types.contains(.workflowTaskFailed))
  }

  func testChildrenAndContinuedRuns() async throws {
    let parent = try await replay(try await start("family"))
    XCTAssertTrue(parent.contains(.childWorkflowExecutionCompleted))
    XCTAssertEqual(parent.last, .workflowExecutionFailed)

    let first = try await start("endless")
    let types = try await replay(first)
    XCTAssertEqual(types.last, .workflowExecutionContinuedAsNew)
    let next = Temporal_Api_Common_V1_WorkflowExecution.with { $0.workflowID = first.workflowID }
    try await signal(next, "go")
    let continued = try await replay(next)
    XCTAssertEqual(continued.last, .workflowExecutionCompleted)
  }

  func testSignalQueryAndVersion() async throws {
    let execution = try await start("waiter")
    let answer = try await XCTUnwrap(connection).call(
      WorkflowService.queryWorkflow,
      .with {
        $0.namespace = namespace
        $0.execution = execution
        $0.query.queryType = "line"
      })
    XCTAssertEqual(answer.queryResult.payloads.first?.jsonText, "1")
    try await signal(execution, "go")
    let types = try await replay(execution)
    XCTAssertEqual(types.last, .workflowExecutionCompleted)
    XCTAssertTrue(types.contains(.workflowExecutionSignaled))
    XCTAssertTrue(types.contains(.upsertWorkflowSearchAttributes))
  }

  func testUpdateAtTheStart() async throws {
    let id = "updated-\(UUID().uuidString)"
    let start = Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest.with {
      $0.namespace = namespace
      $0.workflowID = id
      $0.workflowType.name = "updated"
      $0.taskQueue.name = Self.queue
      $0.workflowIDConflictPolicy = .fail
      $0.workflowRunTimeout.seconds = 60
      $0.requestID = id
    }
    let update = Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionRequest.with {
      $0.namespace = namespace
      $0.workflowExecution.workflowID = id
      $0.request.meta.updateID = "u1"
      $0.request.input.name = "change"
      $0.waitPolicy.lifecycleStage = .completed
    }
    let answer = try await XCTUnwrap(connection).call(
      WorkflowService.executeMultiOperation,
      .with {
        $0.namespace = namespace
        $0.operations = [.with { $0.startWorkflow = start }, .with { $0.updateWorkflow = update }]
      })
    XCTAssertEqual(answer.responses.last?.updateWorkflow.outcome.success.payloads.first?.jsonText, "null")
    let types = try await replay(.with { $0.workflowID = id })
    XCTAssertTrue(types.contains(.workflowExecutionUpdateCompleted))
  }
}
#endif
