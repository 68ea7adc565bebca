import Foundation
import GRDB
import HindcastCalls
import HindcastHistory
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer
@testable import HindcastService

/// A record of each kind goes to the file and comes back, and what it stands for goes on.
final class EveryRecordTests: XCTestCase {
  private var folder: TemporaryFolder?

  override func setUpWithError() throws { folder = try TemporaryFolder() }

  override func tearDown() { folder = nil }

  private var configuration: ServiceConfiguration {
    .init(storage: .file(folder?["s.db"] ?? ""), clock: .virtual(start: virtualStart), seed: 3)
  }

  /// A service that has something of everything.
  private func filledService() async throws -> TemporalService {
    let service = try TemporalService(configuration)
    _ = try await service.call(
      WorkflowService.registerNamespace,
      .with {
        $0.namespace = "other"
        $0.workflowExecutionRetentionPeriod = .init(seconds: 86_400)
      })
    try await service.makeEndpoint()
    // A deployment is there when a worker of a version polls; this poll gets nothing.
    _ = try await service.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "versioned"
        $0.identity = "versioned worker"
        $0.deploymentOptions.deploymentName = "d"
        $0.deploymentOptions.buildID = "1"
        $0.deploymentOptions.workerVersioningMode = .versioned
      }, timeout: .zero)
    // A poll that asks for one task a second, and gets none.
    _ = try await service.pollActivity(rate: 1)
    try await service.makePendings(of: "w")
    try await service.startActivity("alone")
    try await service.createSchedule("s", every: 60, workflow: "scheduled")
    for number in 0..<60 { try await service.start("b\(number)", type: "Batch", queue: "nobody") }
    _ = try await service.call(
      WorkflowService.startBatchOperation,
      .with {
        $0.namespace = "default"
        $0.jobID = "job"
        $0.reason = "test"
        $0.visibilityQuery = "WorkflowType = 'Batch'"
        $0.signalOperation.signal = "batch"
      })
    return service
  }

  func testARecordOfEachKindComesBack() async throws {
    let first = try await filledService()
    let live = await first.state
    try await first.close()
    let store = try SQLiteStore(path: folder?["s.db"] ?? "")
    var kinds: Set<RecordKind> = []
    _ = try store.readRecords { kind, _, _, _ in kinds.insert(kind) }
    try store.close()
    // Signals to other runs are answered in the turn that sends them: their records never outlive a transaction.
    XCTAssertEqual(Set(RecordKind.allCases).subtracting(kinds), [.external])
    let second = try TemporalService(configuration)
    let restored = await second.state
    XCTAssertEqual(Restoration(of: live, as: restored).differences, [])
    let pollers = try await second.pollers(of: "versioned", .workflow)
    XCTAssertEqual(pollers.map(\.identity), ["versioned worker"])
    XCTAssertEqual(pollers.first?.lastAccessTime.seconds, virtualStart.nanoseconds / 1_000_000_000)
    XCTAssertEqual(pollers.first?.deploymentOptions.buildID, "1")
    try await second.close()
  }

  func testWhatTheRecordsStandForGoesOn() async throws {
    try await filledService().close()
    let service = try TemporalService(configuration)
    // Queues are full again: the oldest tasks come first.
    let request = try await service.pollNexus()
    XCTAssertEqual(request.request.startOperation.operation, "operation")
    let activity = try await service.pollActivity()
    XCTAssertEqual(activity.activityID, "a")
    // The queue's rate of one a second holds: the next task has to wait.
    let throttled = try await service.pollActivity()
    XCTAssertEqual(throttled.taskToken, Data())
    await service.advance(to: service.now + .seconds(1))
    let alone = try await service.pollActivity()
    XCTAssertEqual(alone.activityID, "alone")
    // What is due happens at its time: the batch goes on after a second, the schedule starts a run within a minute.
    await service.advance(to: service.now + .seconds(2))
    let batch = try await service.call(
      WorkflowService.describeBatchOperation,
      .with {
        $0.namespace = "default"
        $0.jobID = "job"
      })
    XCTAssertEqual(batch.state, .completed)
    XCTAssertEqual(batch.completeOperationCount, 60)
    await service.advance(to: service.now + .seconds(60))
    let scheduled = try await service.call(
      WorkflowService.listWorkflowExecutions,
      .with {
        $0.namespace = "default"
        $0.query = "WorkflowType = 'Scheduled'"
      })
    XCTAssertEqual(scheduled.executions.count, 1)
    // Nobody answered: the attempts time out, the buffered events follow the task's end.
    let types = try await service.eventTypes("w")
    XCTAssertTrue(types.contains(.workflowTaskTimedOut), "\(types)")
    XCTAssertEqual(types.filter { $0 == .workflowExecutionSignaled }.count, 1)
    XCTAssertTrue(types.contains(.signalExternalWorkflowExecutionFailed), "\(types)")
    XCTAssertTrue(types.contains(.timerFired), "\(types)")
    let described = try await service.call(
      WorkflowService.describeActivityExecution,
      .with {
        $0.namespace = "default"
        $0.activityID = "alone"
      })
    XCTAssertEqual(described.info.status, .timedOut)
    try await service.close()
  }

  func testWhatANamespaceHeldGoesWithIt() async throws {
    let service = try await filledService()
    _ = try await service.call(OperatorService.deleteNamespace, .with { $0.namespace = "default" })
    try await service.close()
    let store = try SQLiteStore(path: folder?["s.db"] ?? "")
    var left: Set<String> = []
    _ = try store.readRecords { kind, owner, key, _ in left.insert("\(kind) \(owner) \(kind == .namespace ? key : "")")
    }
    try store.close()
    XCTAssertEqual(
      left.filter { !$0.hasPrefix("nexusEndpoint") }.sorted(), ["namespace  other", "namespace  temporal-system"])
  }

  func testTheFileTellsTheRatesOfQueues() async throws {
    let service = try await filledService()
    try await service.close()
    let rows = try DatabaseQueue(path: folder?["s.db"] ?? "").read {
      try Row.fetchAll($0, sql: "SELECT name, type, max_tasks_per_second FROM task_queues ORDER BY name, type")
    }
    XCTAssertEqual(
      rows.map { "\($0)" },
      [
        #"[name:"queue" type:"activity" max_tasks_per_second:1.0]"#,
        #"[name:"queue" type:"workflow" max_tasks_per_second:NULL]"#,
        #"[name:"versioned" type:"workflow" max_tasks_per_second:NULL]"#,
      ])
  }
}

extension TemporalService {
  fileprivate func makeEndpoint() async throws {
    _ = try await call(
      OperatorService.createNexusEndpoint,
      .with {
        $0.spec.name = "endpoint"
        $0.spec.target.worker.namespace = "default"
        $0.spec.target.worker.taskQueue = "handlers"
      })
  }

  /// Makes a run that waits for one of everything: a task that a worker has, with events that wait for its end.
  fileprivate func makePendings(of workflowID: String) async throws {
    try await start(workflowID)
    let update = Task {
      try await call(
        WorkflowService.updateWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowExecution.workflowID = workflowID
          $0.waitPolicy.lifecycleStage = .accepted
          $0.request.meta.updateID = "u"
          $0.request.input.name = "update"
        })
    }
    while state.executions.values.allSatisfy({ $0.admittedUpdates.isEmpty }) { await Task.yield() }
    let task = try await pollTask()
    let message = try XCTUnwrap(task.messages.first)
    let request = try Temporal_Api_Update_V1_Request(unpackingAny: message.body)
    let acceptance = Temporal_Api_Update_V1_Acceptance.with {
      $0.acceptedRequestMessageID = message.id
      $0.acceptedRequestSequencingEventID = message.eventID
      $0.acceptedRequest = request
    }
    let body = try Google_Protobuf_Any(message: acceptance)
    _ = try await call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.commands = Self.pendingCommands
        // Another task at once, so that the answers to the commands have to wait for its end.
        $0.returnNewWorkflowTask = true
        $0.forceCreateNewWorkflowTask = true
        $0.messages = [
          .with {
            $0.id = "u/accept"
            $0.protocolInstanceID = message.protocolInstanceID
            $0.body = body
          }
        ]
      })
    _ = try await update.value
    try await signal(workflowID, requestID: "buffered")
  }

  private static var pendingCommands: [Command] {
    [
      .timer("t", .seconds(30)),
      .with {
        $0.commandType = .scheduleActivityTask
        $0.scheduleActivityTaskCommandAttributes = .with {
          $0.activityID = "a"
          $0.activityType.name = "Activity"
          $0.taskQueue.name = "queue"
          $0.startToCloseTimeout = .init(seconds: 30)
        }
      },
      .with {
        $0.commandType = .startChildWorkflowExecution
        $0.startChildWorkflowExecutionCommandAttributes.workflowID = "child"
        $0.startChildWorkflowExecutionCommandAttributes.workflowType.name = "Child"
        $0.startChildWorkflowExecutionCommandAttributes.taskQueue.name = "nobody"
      },
      .with {
        $0.commandType = .signalExternalWorkflowExecution
        $0.signalExternalWorkflowExecutionCommandAttributes.execution.workflowID = "not there"
        $0.signalExternalWorkflowExecutionCommandAttributes.signalName = "signal"
      },
      .with {
        $0.commandType = .scheduleNexusOperation
        $0.scheduleNexusOperationCommandAttributes.endpoint = "endpoint"
        $0.scheduleNexusOperationCommandAttributes.service = "service"
        $0.scheduleNexusOperationCommandAttributes.operation = "operation"
      },
    ]
  }

  fileprivate func startActivity(_ id: String) async throws {
    _ = try await call(
      WorkflowService.startActivityExecution,
      .with {
        $0.namespace = "default"
        $0.activityID = id
        $0.activityType.name = "Activity"
        $0.taskQueue.name = "queue"
        $0.startToCloseTimeout = .init(seconds: 30)
        $0.retryPolicy.maximumAttempts = 1
      })
  }

  fileprivate func createSchedule(_ id: String, every seconds: Int64, workflow: String) async throws {
    _ = try await call(
      WorkflowService.createSchedule,
      .with {
        $0.namespace = "default"
        $0.scheduleID = id
        $0.requestID = id
        $0.schedule.spec.interval = [.with { $0.interval = .init(seconds: seconds) }]
        $0.schedule.action.startWorkflow = .with {
          $0.workflowID = workflow
          $0.workflowType.name = "Scheduled"
          $0.taskQueue.name = "nobody"
        }
      })
  }

  fileprivate func pollNexus() async throws -> Temporal_Api_Workflowservice_V1_PollNexusTaskQueueResponse {
    try await call(
      WorkflowService.pollNexusTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "handlers"
      }, timeout: .zero)
  }

  fileprivate func pollActivity(
    rate: Double? = nil
  ) async throws -> Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse {
    try await call(
      WorkflowService.pollActivityTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
        $0.identity = "worker"
        if let rate { $0.taskQueueMetadata.maxTasksPerSecond.value = rate }
      }, timeout: .zero)
  }

  fileprivate func pollers(
    of queue: String, _ type: Temporal_Api_Enums_V1_TaskQueueType
  ) async throws -> [Temporal_Api_Taskqueue_V1_PollerInfo] {
    try await call(
      WorkflowService.describeTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = queue
        $0.taskQueueType = type
      }
    ).pollers
  }
}
