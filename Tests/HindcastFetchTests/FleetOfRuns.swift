import Foundation
import HindcastCalls
import HindcastFetch
import HindcastHistory
import HindcastServer
import HindcastService
import HindcastTestSupport
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// A service with runs in it.
struct FleetOfRuns {
  let service = TemporalService(
    seed: 7, clock: .virtual(start: ServerTime(nanoseconds: 1_700_000_000 * 1_000_000_000)))

  /// Starts a run; it waits for its first workflow task.
  func start(_ workflowID: String, input: String? = nil) async throws {
    _ = try await service.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = workflowID
        $0.workflowType.name = "greeting"
        $0.taskQueue.name = "queue"
        $0.requestID = "start \(workflowID)"
        if let input { $0.input.payloads = [.json(input)] }
      })
  }

  /// Works one workflow task; the run ends with it unless `command` is another one.
  func work(_ command: Command = .completion) async throws {
    let task = try await service.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
        $0.identity = "worker"
      })
    _ = try await service.call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.identity = "worker"
        $0.commands = [command]
      })
  }

  /// Makes runs that have ended, `order-0` and so on.
  func complete(_ count: Int) async throws {
    for number in 0..<count {
      try await start("order-\(number)", input: #"{"customer": "Ann \#(number)", "amount": \#(number)}"#)
      try await work()
    }
  }

  func signal(_ workflowID: String) async throws {
    _ = try await service.call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = workflowID
        $0.signalName = "hurry"
      })
  }
}

extension Command {
  static var completion: Command {
    .with {
      $0.commandType = .completeWorkflowExecution
      $0.completeWorkflowExecutionCommandAttributes = .init()
    }
  }

  static var timer: Command {
    .with {
      $0.commandType = .startTimer
      $0.startTimerCommandAttributes.timerID = "1"
      $0.startTimerCommandAttributes.startToFireTimeout.seconds = 3600
    }
  }
}

extension Payload {
  static func json(_ text: String) -> Payload {
    .with {
      $0.metadata = ["encoding": Data("json/plain".utf8)]
      $0.data = Data(text.utf8)
    }
  }
}

/// Passes calls on, counts them, and may fail.
final class WatchedConnection: ServiceConnection {
  private let service: any ServiceConnection
  private let made = Mutex<[String]>([])
  private let interfere: @Sendable (_ number: Int, _ method: String) throws -> Void

  /// - Parameter interfere: Told of each call before it is made, with its number from 1; what it throws is the answer.
  init(
    _ service: any ServiceConnection,
    interfere: @escaping @Sendable (_ number: Int, _ method: String) throws -> Void = { _, _ in }
  ) {
    self.service = service
    self.interfere = interfere
  }

  /// The names of the calls so far.
  var calls: [String] { made.withLock { $0 } }

  func count(_ method: String) -> Int { calls.count { $0 == method } }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let number = made.withLock { calls in
      calls.append(method.name)
      return calls.count
    }
    try interfere(number, method.name)
    return try await service.call(method, request, timeout: timeout)
  }
}

extension TemporaryFolder {
  /// The names of all files, hidden ones included, sorted.
  func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  /// The histories, by file name.
  func histories() throws -> [String: WorkflowHistory] {
    var histories: [String: WorkflowHistory] = [:]
    for name in try files() where name.hasSuffix(".json") {
      histories[name] = try HistoryReader.histories(inFile: self[name])[0]
    }
    return histories
  }

  /// What is in a file.
  func content(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self[name])) }
}
