#if GRPC
import HindcastCalls
import Foundation
import HindcastGateway
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

private let namespace = "default"

/// The client against Temporal's own dev server.
final class GRPCConnectionTests: XCTestCase {
  private func connect(_ change: (inout GRPCConnectionOptions) -> Void = { _ in }) async throws -> GRPCConnection {
    var options = GRPCConnectionOptions()
    // A test must see what the server says, not what comes after trying again.
    options.retry = .never
    options.connectTimeout = .seconds(30)
    change(&options)
    return try await GRPCConnection.connect(to: try await DevServer.shared.value.address, options: options)
  }

  private func start(
    _ id: String, queue: String = "nobody", on connection: GRPCConnection, requestID: String = UUID().uuidString
  ) async throws -> Temporal_Api_Workflowservice_V1_StartWorkflowExecutionResponse {
    try await connection.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = namespace
        $0.workflowID = id
        $0.workflowType.name = "greet"
        $0.taskQueue.name = queue
        $0.requestID = requestID
      })
  }

  private func pollers(of queue: String, on connection: GRPCConnection) async throws -> [String] {
    let described = try await connection.call(
      WorkflowService.describeTaskQueue,
      .with {
        $0.namespace = namespace
        $0.taskQueue.name = queue
        $0.taskQueueType = .workflow
      })
    return described.pollers.map(\.identity)
  }

  private func error(of body: () async throws -> some Any) async throws -> ServiceError {
    do {
      _ = try await body()
    } catch let error as ServiceError {
      return error
    }
    throw XCTestError(.failureWhileWaiting, userInfo: [NSLocalizedDescriptionKey: "the call should have failed"])
  }

  func testConnectingTellsWhatTheServerIs() async throws {
    let connection = try await connect()
    XCTAssertFalse(connection.system.serverVersion.isEmpty)
    XCTAssertTrue(connection.system.capabilities.sdkMetadata)
    let described = try await connection.call(
      WorkflowService.describeNamespace, .with { $0.namespace = namespace })
    XCTAssertEqual(described.namespaceInfo.name, namespace)
    await connection.close()
  }

  func testStartedWorkflowHasAHistory() async throws {
    let connection = try await connect()
    let id = UUID().uuidString
    let started = try await start(id, on: connection)
    XCTAssertTrue(started.started)

    var execution = Temporal_Api_Common_V1_WorkflowExecution()
    execution.workflowID = id
    execution.runID = started.runID
    let open = try await connection.history(of: execution, in: namespace)
    XCTAssertEqual(open.events.map(\.eventType), [.workflowExecutionStarted, .workflowTaskScheduled])

    _ = try await connection.call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = namespace
        $0.workflowExecution = execution
        $0.reason = "the test is over"
      })
    let closed = try await connection.history(of: execution, in: namespace, untilClosed: true)
    XCTAssertEqual(closed.events.last?.eventType, .workflowExecutionTerminated)
    let last = try await connection.closingEvent(of: execution, in: namespace)
    XCTAssertEqual(last, closed.events.last)
    await connection.close()
  }

  func testRefusalsCarryTheirDetails() async throws {
    let connection = try await connect()
    let id = UUID().uuidString
    let started = try await start(id, on: connection)

    let again = try await error { try await start(id, on: connection) }
    XCTAssertEqual(again.code, .alreadyExists)
    XCTAssertEqual(again.method, "StartWorkflowExecution")
    let running = again.detail(Temporal_Api_Errordetails_V1_WorkflowExecutionAlreadyStartedFailure.self)
    XCTAssertEqual(running?.runID, started.runID)

    let unknown = try await error {
      try await connection.call(
        WorkflowService.describeWorkflowExecution,
        .with {
          $0.namespace = namespace
          $0.execution.workflowID = "there is none"
        })
    }
    XCTAssertEqual(unknown.code, .notFound)
    XCTAssertEqual(unknown.message, "workflow not found for ID: there is none")
    XCTAssertNotNil(unknown.detail(Temporal_Api_Errordetails_V1_NotFoundFailure.self))

    let elsewhere = try await error {
      try await connection.call(WorkflowService.listWorkflowExecutions, .with { $0.namespace = "nowhere" })
    }
    XCTAssertEqual(elsewhere.code, .notFound)
    let failure = elsewhere.detail(Temporal_Api_Errordetails_V1_NamespaceNotFoundFailure.self)
    XCTAssertEqual(failure?.namespace, "nowhere")
    await connection.close()
  }

  func testStartIsHarmlessWhenSentAgain() async throws {
    let connection = try await connect()
    let id = UUID().uuidString
    let first = try await start(id, on: connection, requestID: "the same")
    let second = try await start(id, on: connection, requestID: "the same")
    XCTAssertEqual(first.runID, second.runID)
    await connection.close()
  }

  func testPollWithoutTasksComesBackEmpty() async throws {
    let connection = try await connect()
    let task = try await connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = namespace
        $0.taskQueue.name = UUID().uuidString
        $0.identity = "test"
      }, timeout: .seconds(4))
    XCTAssertTrue(task.taskToken.isEmpty)
    await connection.close()
  }

  func testPollGetsATask() async throws {
    let connection = try await connect()
    let id = UUID().uuidString
    _ = try await start(id, queue: id, on: connection)
    let task = try await connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = namespace
        $0.taskQueue.name = id
        $0.identity = "test"
      })
    XCTAssertEqual(task.workflowType.name, "greet")
    _ = try await connection.call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.taskToken = task.taskToken
        $0.commands = [
          .with {
            $0.commandType = .completeWorkflowExecution
            $0.completeWorkflowExecutionCommandAttributes = .init()
          }
        ]
      })
    let last = try await connection.closingEvent(of: task.workflowExecution, in: namespace)
    XCTAssertEqual(last?.eventType, .workflowExecutionCompleted)
    await connection.close()
  }

  func testCancelledTaskEndsItsPoll() async throws {
    let connection = try await connect()
    let queue = UUID().uuidString
    let poll = Task {
      try await connection.call(
        WorkflowService.pollWorkflowTaskQueue,
        .with {
          $0.namespace = namespace
          $0.taskQueue.name = queue
          $0.identity = "the cancelled one"
        })
    }
    // The server knows of the poll once it lists the poller.
    while try await pollers(of: queue, on: connection) != ["the cancelled one"] {}

    poll.cancel()
    let result = await poll.result
    XCTAssertThrowsError(try result.get()) { XCTAssertTrue($0 is CancellationError, "\($0)") }

    // A poll that is still open at the server would take this task and lose it.
    _ = try await start(queue, queue: queue, on: connection)
    let task = try await connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = namespace
        $0.taskQueue.name = queue
        $0.identity = "the next one"
      }, timeout: .seconds(20))
    XCTAssertFalse(task.taskToken.isEmpty)
    await connection.close()
  }

  /// The server pings with nearly every answer; unanswered by ``HTTP2PingResponder`` this ends the connection, and the poll.
  func testThousandsOfCallsKeepTheConnection() async throws {
    let connection = try await connect()
    let queue = UUID().uuidString
    async let poll = connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = namespace
        $0.taskQueue.name = queue
        $0.identity = "test"
      })
    for _ in 0..<3000 {
      _ = try await connection.call(WorkflowService.describeNamespace, .with { $0.namespace = namespace })
    }
    _ = try await start(queue, queue: queue, on: connection)
    let task = try await poll
    XCTAssertEqual(task.workflowExecution.workflowID, queue)
    await connection.close()
  }

  func testDeadlineIsKept() async throws {
    let connection = try await connect()
    let late = try await error {
      try await connection.call(WorkflowService.getSystemInfo, .init(), timeout: .zero)
    }
    XCTAssertEqual(late.code, .deadlineExceeded)
    await connection.close()
  }

  func testClosedConnectionRefusesCalls() async throws {
    let connection = try await connect { $0.retry = RetryPolicy() }
    await connection.close()
    let refused = try await error { try await connection.call(WorkflowService.getSystemInfo, .init()) }
    XCTAssertEqual(refused.code, .unavailable)
    XCTAssertTrue(refused.message.hasPrefix("the connection to 127.0.0.1:"), refused.message)
  }

  func testAnswersMayBeLargerThanServersTake() async throws {
    let connection = try await connect()
    let id = UUID().uuidString
    _ = try await start(id, on: connection)
    let mebibyte = 1 << 20
    for _ in 0..<5 {
      _ = try await connection.call(
        WorkflowService.signalWorkflowExecution,
        .with {
          $0.namespace = namespace
          $0.workflowExecution.workflowID = id
          $0.signalName = "more"
          $0.input.payloads = [.with { $0.data = Data(count: mebibyte) }]
        })
    }
    let history = try await connection.history(of: .with { $0.workflowID = id }, in: namespace)
    XCTAssertGreaterThan(try history.serializedData().count, 5 * mebibyte)
    await connection.close()
  }

  func testAnswerOverTheLimitIsRefused() async throws {
    let connection = try await connect()
    let limited = try await connect {
      $0.retry = RetryPolicy()
      $0.maximumResponseBytes = 1024
    }
    // The id is in the first event.
    let fits = String(repeating: "i", count: 100)
    let tooLarge = String(repeating: "i", count: 1000)
    for id in [fits, tooLarge] { _ = try await start(id, on: connection) }

    let history = try await limited.history(of: .with { $0.workflowID = fits }, in: namespace)
    XCTAssertEqual(history.events.count, 2)
    let refused = try await error { try await limited.history(of: .with { $0.workflowID = tooLarge }, in: namespace) }
    XCTAssertTrue(refused.message.contains("exceeded the configured maximum"), refused.message)
    await limited.close()
    await connection.close()
  }
}

/// The client where there is no server.
final class GRPCConnectionFailureTests: XCTestCase {
  private func failure(to address: ServerAddress, timeout: Duration) async throws -> ConnectionFailure {
    var options = GRPCConnectionOptions()
    options.connectTimeout = timeout
    do {
      await (try GRPCConnection.connect(to: address, options: options)).close()
    } catch let failure as ConnectionFailure {
      return failure
    }
    throw XCTestError(.failureWhileWaiting, userInfo: [NSLocalizedDescriptionKey: "nothing listens at \(address)"])
  }

  func testRefusedConnectionSaysSo() async throws {
    let address = ServerAddress(host: "127.0.0.1", port: try DevServer.freePort())
    let failure = try await failure(to: address, timeout: .milliseconds(300))
    XCTAssertTrue("\(failure)".hasPrefix("no Temporal server answers at \(address): "), "\(failure)")
    XCTAssertTrue("\(failure)".contains("refused"), "\(failure)")
    XCTAssertTrue("\(failure)".hasSuffix("(for a local one run: temporal server start-dev)"), "\(failure)")
  }

  func testUnknownHostSaysSo() async throws {
    let failure = try await failure(to: ServerAddress(host: "no-such-host.invalid"), timeout: .milliseconds(300))
    XCTAssertTrue("\(failure)".contains("at no-such-host.invalid:7233: Name or service not known"), "\(failure)")
  }
}
#endif
