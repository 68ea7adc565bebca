#if GRPC
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import HindcastCalls
import HindcastGateway
import HindcastService
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// The server's front over real sockets: what a client sends reaches the service, and what the service says reaches the client.
final class FrontTests: XCTestCase {
  private let service = TemporalService(seed: 1)
  private var served: ServedService?

  private func serve(_ configure: (inout GRPCFrontOptions) -> Void = { _ in }) async throws -> ServerAddress {
    let served = try await ServedService(service, configure: configure)
    self.served = served
    return served.address
  }

  private func connect(to address: ServerAddress) async throws -> GRPCConnection {
    let connection = try await GRPCConnection.connect(to: address)
    addTeardownBlock { await connection.close(grace: .zero) }
    return connection
  }

  override func tearDown() async throws {
    try await served?.stop()
  }

  /// Tests that start and stop workers give up hundreds of polls in a second; the connection and its other calls stay.
  func testPollsThatAreGivenUpCostTheConnectionNothing() async throws {
    let connection = try await connect(to: try await serve())
    let poll = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueRequest.with {
      $0.namespace = "default"
      $0.taskQueue.name = "orders"
    }
    var other = poll
    other.taskQueue.name = "others"
    let kept = Task { [other] in try await connection.call(WorkflowService.pollWorkflowTaskQueue, other) }
    for _ in 0..<4 {
      let polls = (0..<100).map { _ in
        Task { try await connection.call(WorkflowService.pollWorkflowTaskQueue, poll) }
      }
      try await untilWaiting(polls.count + 1)
      polls.forEach { $0.cancel() }
      // Gone on the server, too: no task may be handed to somebody who does not listen.
      try await untilWaiting(1)
    }
    let started = try await connection.call(WorkflowService.startWorkflowExecution, Self.start("one"))
    let task = try await connection.call(WorkflowService.pollWorkflowTaskQueue, poll)
    XCTAssertEqual(task.workflowExecution.runID, started.runID)
    var last = Self.start("two")
    last.taskQueue.name = "others"
    let second = try await connection.call(WorkflowService.startWorkflowExecution, last)
    let keptTask = try await kept.value
    XCTAssertEqual(keptTask.workflowExecution.runID, second.runID)
  }

  /// Waits until so many calls wait in the service.
  private func untilWaiting(_ count: Int) async throws {
    for _ in 0..<2_000 {
      if await service.waitingCalls == count { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    let waiting = await service.waitingCalls
    XCTAssertEqual(waiting, count)
  }

  private static func start(_ id: String) -> Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest {
    .with {
      $0.namespace = "default"
      $0.workflowID = id
      $0.workflowType.name = "order"
      $0.taskQueue.name = "orders"
      $0.requestID = id
      $0.workflowIDConflictPolicy = .fail
    }
  }

  func testARunGoesThroughAndAnErrorKeepsItsDetails() async throws {
    let connection = try await connect(to: try await serve())
    let started = try await connection.call(WorkflowService.startWorkflowExecution, Self.start("one"))
    let task = try await connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "orders"
      })
    XCTAssertEqual(task.workflowExecution.runID, started.runID)

    do {
      var again = Self.start("one")
      again.requestID = "another"
      _ = try await connection.call(WorkflowService.startWorkflowExecution, again)
      XCTFail("a second run of the same id started")
    } catch let error as ServiceError {
      XCTAssertEqual(error.code, .alreadyExists)
      let detail = error.detail(Temporal_Api_Errordetails_V1_WorkflowExecutionAlreadyStartedFailure.self)
      XCTAssertEqual(detail?.runID, started.runID)
    }
  }

  func testAMethodThatNobodyHasIsNamed() async throws {
    let connection = try await connect(to: try await serve())
    let method = ServiceMethod<Google_Protobuf_Empty, Google_Protobuf_Empty>(
      "BrewCoffee", of: "temporal.api.workflowservice.v1.WorkflowService")
    do {
      _ = try await connection.call(method, .init())
      XCTFail("coffee was brewed")
    } catch let error as ServiceError {
      XCTAssertEqual(error.code, .unimplemented)
      XCTAssertTrue(error.message.contains("BrewCoffee"), error.message)
    }
  }

  /// Sends bytes as they are, which the typed connection cannot.
  private func send(_ bytes: [UInt8], _ method: String, to address: ServerAddress) async throws -> RPCError? {
    let transport = try HTTP2ClientTransport.Posix(
      target: .dns(host: address.host, port: address.port), transportSecurity: .plaintext)
    return try await withGRPCClient(transport: transport) { client in
      do {
        _ = try await client.unary(
          request: ClientRequest(message: bytes),
          descriptor: MethodDescriptor(
            fullyQualifiedService: "temporal.api.workflowservice.v1.WorkflowService", method: method),
          serializer: BytesCoder(), deserializer: BytesCoder(), options: .defaults
        ) { try $0.message }
        return nil
      } catch let error as RPCError {
        return error
      }
    }
  }

  private struct BytesCoder: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) -> Bytes { Bytes(message) }
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) -> [UInt8] { bytes.withUnsafeBytes { Array($0) } }
  }

  func testBytesThatAreNoRequestAreRefused() async throws {
    let address = try await serve()
    let error = try await send([0x0a, 0xff, 0xff], "StartWorkflowExecution", to: address)
    XCTAssertEqual(error?.code, .internalError)
    let connection = try await connect(to: address)
    _ = try await connection.call(WorkflowService.startWorkflowExecution, Self.start("after"))
  }

  func testARequestThatIsTooLargeIsRefused() async throws {
    let connection = try await connect(to: try await serve { $0.maximumRequestBytes = 100_000 })
    var request = Self.start("large")
    request.input.payloads = [.with { $0.data = Data(repeating: 7, count: 200_000) }]
    do {
      _ = try await connection.call(WorkflowService.startWorkflowExecution, request, timeout: .seconds(5))
      XCTFail("a request over the limit was taken")
    } catch let error as ServiceError {
      XCTAssertEqual(error.code, .resourceExhausted)
    }
  }

  func testACallerThatIsGoneGetsNoTask() async throws {
    let address = try await serve()
    let connection = try await connect(to: address)
    let poll = Task {
      try await connection.call(
        WorkflowService.pollWorkflowTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "orders"
        })
    }
    try await untilPollers(1, connection)
    poll.cancel()
    _ = await poll.result
    // The task goes to the poll that comes next: the one that is gone must not have taken it.
    _ = try await connection.call(WorkflowService.startWorkflowExecution, Self.start("kept"))
    let task = try await connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "orders"
      }, timeout: .seconds(20))
    XCTAssertEqual(task.workflowExecution.workflowID, "kept")
  }

  private func untilPollers(_ count: Int, _ connection: GRPCConnection) async throws {
    while true {
      let queue = try await connection.call(
        WorkflowService.describeTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "orders"
          $0.taskQueueType = .workflow
        })
      if queue.pollers.count >= count { return }
      await Task.yield()
    }
  }

  func testOnlyKnownKeysAreServed() async throws {
    let address = try await serve { $0.apiKeys = ["right"] }
    do {
      _ = try await connect(to: address)
      XCTFail("a caller without a key was served")
    } catch let failure as ConnectionFailure {
      XCTAssertTrue(failure.reason.contains("unauthorized"), failure.reason)
    }
  }

  func testAStopAnswersWhoWaits() async throws {
    let connection = try await connect(to: try await serve())
    let poll = Task {
      try await connection.call(
        WorkflowService.pollWorkflowTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "orders"
        }, timeout: .seconds(60))
    }
    try await untilPollers(1, connection)
    served?.front.stop()
    try await service.close()
    poll.cancel()
    _ = await poll.result
    try await served?.serving.value
  }

  func testTimeoutsAreReadAsTheProtocolWritesThem() {
    let cases: [(String, Duration?)] = [
      ("5S", .seconds(5)), ("20m", .milliseconds(20)), ("1H", .seconds(3_600)), ("2M", .seconds(120)),
      ("7u", .microseconds(7)), ("9n", .nanoseconds(9)), ("", nil), ("S", nil), ("5", nil), ("-1S", nil),
      ("123456789S", nil), ("5x", nil),
    ]
    for (text, duration) in cases { XCTAssertEqual(GRPCTimeout.duration(text), duration, text) }
  }
}
#endif
