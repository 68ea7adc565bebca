import Foundation
import HindcastCalls
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Whatever a client sends, the server answers and goes on.
final class HostileRequestTests: XCTestCase {
  func testTaskTokens() throws {
    let kinds: [TaskToken.Kind] = [.workflow, .activity, .query, .nexus, .standaloneActivity]
    for kind in kinds {
      let token = TaskToken(kind: kind, runID: "run", scheduledEventID: 2, startedEventID: 3, attempt: 4, stamp: -5)
      XCTAssertEqual(try TaskToken(token.data, .workflow, kind), token)
      let others = kinds.filter { $0 != kind }
      XCTAssertThrowsError(try TaskToken(token.data, others[0]), "\(kind)")
    }
    let malformed = [
      "w1", "w1|run|1|2|3", "w1|run|1|2|3|", "w1|run|1|2|3|4|", "w1|run|1|2|3|4|5", "w1|run|1||3|4", "|run|1|2|3|4",
      "w|run|1|2|3|4", "w2|run|1|2|3|4", "w11|run|1|2|3|4", "ww1|run|1|2|3|4", "x1|run|1|2|3|4", "w1|run|a|2|3|4",
      "w1|run|1|2|2147483648|4", "w1|run|1|2|3|9223372036854775808", "\u{0}", "é1|run|1|2|3|4",
    ]
    for text in malformed {
      do throws(ServiceError) {
        let token = try TaskToken(Data(text.utf8), .workflow)
        XCTFail("\(text) was read as \(token)")
      } catch {
        XCTAssertEqual("\(error)", "INVALID_ARGUMENT: Error deserializing task token.", text)
      }
    }
    XCTAssertThrowsError(try TaskToken(Data([0xFF, 0x31, 0x7C]), .workflow))
    XCTAssertThrowsError(try TaskToken(Data(), .workflow))
  }

  func testEveryRouteSurvivesAnything() throws {
    let rounds = ProcessInfo.processInfo.environment["HINDCAST_FUZZ_ROUNDS"].flatMap(Int.init) ?? 40
    for seed in 1...UInt64(4) {
      var client = try HostileClient(seed: seed)
      for _ in 0..<rounds * ServerMachine.routes.count { try client.step() }
      try client.finish()
    }
  }

  /// A request may be as deep as a decoder takes it; its event is deeper and must be readable again.
  func testDeepFailuresCanBeReadFromTheStore() throws {
    var failure = Failure()
    for _ in 0..<98 { failure = .with { [failure] in $0.cause = failure } }
    var rig = ServerRig()
    let runID = try rig.start { $0.continuedFailure = failure }
    let request = StartWorkflowRequest.with { $0.continuedFailure = failure }
    XCTAssertNoThrow(try StartWorkflowRequest(serializedBytes: try request.serializedBytes() as Data))
    let batch = EventBatch(rig.history(runID))
    XCTAssertThrowsError(try Temporal_Api_History_V1_History(serializedBytes: batch.encoded), "nothing is tested")
    XCTAssertEqual(try EventBatch(encoded: batch.encoded).events, batch.events)
  }

  func testTheEarliestTimeInAQuery() throws {
    var rig = ServerRig()
    try rig.start()
    let found = try rig.call(
      WorkflowService.countWorkflowExecutions,
      .with {
        $0.namespace = "default"
        $0.query = "StartTime > \(Int64.min)"
      })
    XCTAssertEqual(found.count, 1)
  }

  /// Dictionaries are in another order each time that they are made; no turn may tell.
  func testSameRequestsSameTurns() throws {
    func turns(seed: UInt64) throws -> [String] {
      var turns: [String] = []
      var client = try HostileClient(seed: seed) { turns.append($0.text) }
      for _ in 0..<10 * ServerMachine.routes.count { try client.step() }
      try client.finish()
      return turns
    }
    for seed in 1...UInt64(3) {
      let (first, second) = (try turns(seed: seed), try turns(seed: seed))
      XCTAssertEqual(first.count, second.count)
      for (index, (first, second)) in zip(first, second).enumerated() where first != second {
        XCTFail("seed \(seed), turn \(index):\n\(first)\n--- is not\n\(second)")
        break
      }
    }
  }
}

private typealias DeleteNamespaceRequest = Temporal_Api_Operatorservice_V1_DeleteNamespaceRequest

/// A client that sends anything, and now and then something sensible, so that there is something to break.
private struct HostileClient {
  private var rig: ServerRig
  private var messages: RandomMessages
  private var waiting: [(call: CallID, method: MethodName)] = []
  private let methods = ServerMachine.routes.keys.sorted { ($0.service, $0.name) < ($1.service, $1.name) }
  private var next = 0

  init(seed: UInt64, watch: ((Turn) -> Void)? = nil) throws {
    rig = ServerRig(seed: seed)
    rig.watch = watch
    messages = RandomMessages(seed: seed)
    for id in RandomMessages.workflowIDs { messages.names.append(try rig.start(id)) }
  }

  mutating func step() throws {
    if messages.chance(30) { try prepare() }
    next += 1
    let method = methods[next % methods.count]
    try send(method, try request(of: method))
    if messages.chance(10) { try pass() }
  }

  /// What is still waiting can end, what is due can happen, and runs are what their histories say.
  mutating func finish() throws {
    for (call, method) in waiting { try end(call, method) }
    rig.advance(by: .seconds(600))
    rig.checkRebuild()
  }

  /// A request with random fields, some of them with bytes changed on the way.
  private mutating func request(of method: MethodName) throws -> any Message {
    let route = try XCTUnwrap(ServerMachine.routes[method])
    var message: any Message = messages.message(like: try route.decode(Data()))
    // Without its namespace nothing would be left to break.
    if message is DeleteNamespaceRequest { message = DeleteNamespaceRequest.with { $0.namespace = "other" } }
    // The bytes of maps come in the order of their dictionaries, and which byte is changed must not depend on it.
    var encoding = BinaryEncodingOptions()
    encoding.useDeterministicOrdering = true
    var bytes: Data = try message.serializedBytes(options: encoding)
    guard messages.chance(20), !bytes.isEmpty else { return message }
    for _ in 0..<3 { bytes[messages.below(bytes.count)] = messages.number() }
    return (try? ServerMachine.request(of: method, from: bytes)) ?? message
  }

  private mutating func send(_ method: MethodName, _ request: any Message) throws {
    if ProcessInfo.processInfo.environment["HINDCAST_TRACE_REQUESTS"] != nil {
      try FileHandle.standardError.write(contentsOf: Data("\(method.name) \(request.textFormatString())\n".utf8))
    }
    let call = rig.begin(method, request, clientName: messages.choose(["", "temporal-cli", "temporal-python"]))
    if rig.machine.isWaiting(call) {
      XCTAssertNil(rig.answers[call], "\(method.name) is answered and waits")
      waiting.append((call, method))
    } else {
      XCTAssertNotNil(rig.answers[call], "\(method.name) is neither answered nor waits: \(request)")
    }
    learn()
  }

  /// Takes ids and tokens from the answers.
  private mutating func learn() {
    for (call, answer) in rig.answers.sorted(by: { $0.key < $1.key }) {
      waiting.removeAll { $0.call == call }
      guard case .success(let response) = answer else { continue }
      switch response {
      case let response as StartWorkflowResponse: messages.names.append(response.runID)
      case let response as WorkflowTaskPollResponse:
        messages.tokens.append(response.taskToken)
        messages.names += response.messages.map(\.protocolInstanceID)
      case let response as Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse:
        messages.tokens.append(response.taskToken)
        messages.names.append(response.activityID)
      case let response as Temporal_Api_Workflowservice_V1_PollNexusTaskQueueResponse:
        messages.tokens.append(response.taskToken)
      case let response as Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse:
        messages.tokens.append(response.nextPageToken)
      default: continue
      }
    }
    rig.answers = [:]
    messages.names = messages.names.suffix(40)
    messages.tokens = messages.tokens.suffix(12)
  }

  /// Something that a sensible client does.
  private mutating func prepare() throws {
    let id = messages.choose(RandomMessages.workflowIDs)
    switch messages.below(6) {
    case 0:
      let request = StartWorkflowRequest.with {
        $0.namespace = "default"
        $0.workflowID = id
        $0.workflowType.name = "Type"
        $0.taskQueue.name = "queue"
        $0.workflowIDConflictPolicy = .useExisting
      }
      try send(MethodName(WorkflowService.startWorkflowExecution), request)
    case 1:
      let poll = Temporal_Api_Workflowservice_V1_PollActivityTaskQueueRequest.with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
      }
      try send(MethodName(WorkflowService.pollActivityTaskQueue), poll)
    case 2:
      try send(MethodName(WorkflowService.updateWorkflowExecution), UpdateWorkflowRequest.update("u0", of: id))
    default:
      let poll = WorkflowTaskPollRequest.with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
      }
      try send(MethodName(WorkflowService.pollWorkflowTaskQueue), poll)
      guard let token = messages.tokens.last else { return }
      let commands = (0..<messages.below(4)).map { _ in messages.message(like: Command()) }
      try send(
        MethodName(WorkflowService.respondWorkflowTaskCompleted),
        WorkflowTaskCompletedRequest.with {
          $0.namespace = "default"
          $0.taskToken = token
          $0.commands = commands
        })
    }
  }

  /// Time passes, or a caller has waited enough.
  private mutating func pass() throws {
    if messages.chance(50), !waiting.isEmpty {
      let (call, method) = waiting.remove(at: messages.below(waiting.count))
      if messages.chance(50) { rig.machine.abandon(call) } else { try end(call, method) }
    } else {
      rig.advance(by: messages.choose([.nanoseconds(1), .seconds(1), .seconds(15), .seconds(100)]))
    }
    learn()
  }

  private mutating func end(_ call: CallID, _ method: MethodName) throws {
    rig.expire(call)
    XCTAssertNotNil(rig.answers[call], "\(method.name) is not answered at its end")
    XCTAssertFalse(rig.machine.isWaiting(call), "\(method.name) still waits after its end")
  }
}

extension Turn {
  /// All that the turn leaves, the same for the same.
  fileprivate var text: String {
    func bytes(_ message: any Message) -> String {
      var options = BinaryEncodingOptions()
      options.useDeterministicOrdering = true
      let data: Data? = try? message.serializedBytes(options: options)
      return data?.base64EncodedString() ?? "none"
    }
    let writes = writes.map { write in
      switch write {
      case .events(let batch, let run): "events of \(run): \(batch.encoded.base64EncodedString())"
      case .removeHistory(let run): "no history of \(run)"
      case .record(let kind, let owner, let key, let record):
        "\(kind) \(owner) \(key): \(record.map(bytes) ?? "removed")"
      }
    }
    let replies = replies.map { reply in
      switch reply.result {
      case .success(let response): "\(reply.call.number): \(bytes(response))"
      case .failure(let error): "\(reply.call.number): \(error)"
      }
    }
    return (writes + replies).joined(separator: "\n")
  }
}
