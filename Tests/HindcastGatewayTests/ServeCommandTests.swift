#if GRPC
import Foundation
import HindcastCalls
import HindcastGateway
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// `hindcast serve` as a process: what it says, how it ends, what is left.
final class ServeCommandTests: XCTestCase {
  private var folder = ""

  override func setUpWithError() throws {
    folder = NSTemporaryDirectory() + "hindcast-serve-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  override func tearDown() { try? FileManager.default.removeItem(atPath: folder) }

  private func connect(to server: ServeProcess) async throws -> GRPCConnection {
    let connection = try await GRPCConnection.connect(to: try XCTUnwrap(server.address, server.greeting))
    addTeardownBlock { await connection.close(grace: .zero) }
    return connection
  }

  private static func poll(_ connection: GRPCConnection) async throws
    -> Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse
  {
    try await connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "orders"
      })
  }

  func testItSaysWhereItServesWhat() throws {
    let server = try ServeProcess("--db", "\(folder)/data", "--namespace", "shop")
    let address = try XCTUnwrap(server.address, server.greeting)
    XCTAssertEqual(server.greeting, "hindcast serves default, shop at \(address), database: \(folder)/data\n")
    XCTAssertEqual(server.end(with: SIGINT), 0)
  }

  /// A run goes on where it stood, however the server ended: what was answered is on the disk.
  func testARunOutlivesTheServer() async throws {
    for (signal, status) in [(SIGTERM, 0), (SIGKILL, SIGKILL)] {
      let database = "\(folder)/\(signal)"
      let first = try ServeProcess("--db", database)
      let before = try await connect(to: first)
      let started = try await before.call(
        WorkflowService.startWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowID = "order"
          $0.workflowType.name = "order"
          $0.taskQueue.name = "orders"
          $0.requestID = "start"
        })
      let task = try await Self.poll(before)
      _ = try await before.call(
        WorkflowService.signalWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowExecution.workflowID = "order"
          $0.signalName = "pay"
        })
      XCTAssertEqual(first.end(with: signal), status)

      let second = try ServeProcess("--db", database)
      let after = try await connect(to: second)
      // The worker still has its task, and the signal was buffered behind it.
      _ = try await after.call(
        WorkflowService.respondWorkflowTaskCompleted,
        .with {
          $0.namespace = "default"
          $0.taskToken = task.taskToken
        })
      let next = try await Self.poll(after)
      XCTAssertEqual(next.workflowExecution.runID, started.runID)
      XCTAssertEqual(next.history.events.filter { $0.eventType == .workflowExecutionSignaled }.count, 1)
      _ = try await after.call(
        WorkflowService.respondWorkflowTaskCompleted,
        .with {
          $0.namespace = "default"
          $0.taskToken = next.taskToken
          $0.commands = [
            .with {
              $0.commandType = .completeWorkflowExecution
              $0.completeWorkflowExecutionCommandAttributes = .init()
            }
          ]
        })
      let description = try await after.call(
        WorkflowService.describeWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.execution.workflowID = "order"
        })
      XCTAssertEqual(description.workflowExecutionInfo.status, .completed)
      XCTAssertEqual(second.end(with: SIGTERM), 0)
    }
  }

  func testItEndsThoughPollsWait() async throws {
    let server = try ServeProcess()
    let connection = try await connect(to: server)
    let waiting = Task {
      try await connection.call(
        WorkflowService.pollWorkflowTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "orders"
        })
    }
    while true {
      let queue = try await connection.call(
        WorkflowService.describeTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "orders"
        })
      if !queue.pollers.isEmpty { break }
    }
    XCTAssertEqual(server.end(with: SIGTERM), 0)
    waiting.cancel()
    _ = await waiting.result
  }

  func testWhatCannotBeServedIsSaid() throws {
    let present = try ServeProcess("--db", "\(folder)/data")
    let port = try XCTUnwrap(present.address).port
    try "no key".write(toFile: "\(folder)/broken.pem", atomically: true, encoding: .utf8)
    let missing = "\(folder)/missing.pem"
    let broken = "\(folder)/broken.pem"
    let cases: [(arguments: [String], message: String)] = [
      (["--port", "\(port)"], "error: cannot listen at 127.0.0.1:\(port): Address already in use"),
      (["--db", "\(folder)/data"], "error: \(folder)/data is served by another process"),
      (["--db", "\(folder)/none/data"], "error: \(folder)/none/data: cannot create"),
      (["--tls-cert", missing, "--tls-key", broken], "error: cannot read \(missing): "),
      (["--tls-cert", broken, "--tls-key", broken], "error: cannot use \(broken), \(broken): "),
      (["--api-key-env", "NO_SUCH_VARIABLE"], "error: the environment has no NO_SUCH_VARIABLE"),
      (["--host", "example.com"], "--host is a numeric address, 127.0.0.1 or ::1, or localhost"),
      (["--tls-cert", broken], "--tls-cert and --tls-key go together"),
      (["--tls-client-ca", broken], "--tls-client-ca needs --tls-cert and --tls-key"),
      (["--port", "65536"], "--port is a number from 0 to 65535"),
    ]
    for (arguments, message) in cases {
      let server = try ServeProcess(arguments)
      let (status, errors) = server.waitUntilExit()
      XCTAssertEqual(status, 2, "\(arguments)")
      XCTAssertTrue(errors.contains(message), "\(arguments): \(errors)")
      XCTAssertEqual(server.greeting, "", "\(arguments)")
    }
    XCTAssertEqual(present.end(with: SIGTERM), 0)
  }
}
#endif
