import Foundation
import HindcastCalls
import HindcastHistory
import HindcastServer
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastService

typealias PolledTask = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse

/// The requests that tests make again and again.
extension TemporalService {
  @discardableResult
  func start(_ workflowID: String, type: String = "Type", queue: String = "queue") async throws -> String {
    try await call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = workflowID
        $0.workflowType.name = type
        $0.taskQueue.name = queue
        $0.requestID = "start \(workflowID)"
      }
    ).runID
  }

  func signal(_ workflowID: String, _ name: String = "signal", requestID: String = "") async throws {
    _ = try await call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = workflowID
        $0.signalName = name
        $0.requestID = requestID
      })
  }

  func pollTask(queue: String = "queue", timeout: Duration? = nil) async throws -> PolledTask {
    try await call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = queue
        $0.identity = "worker"
      }, timeout: timeout)
  }

  func complete(_ task: PolledTask, _ commands: Command...) async throws {
    _ = try await call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.identity = "worker"
        $0.commands = commands
      })
  }

  func terminate(_ workflowID: String) async throws {
    _ = try await call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = workflowID
      })
  }

  func events(_ workflowID: String, _ runID: String = "") async throws -> [HistoryEvent] {
    try await history(
      of: .with {
        $0.workflowID = workflowID
        $0.runID = runID
      }, in: "default"
    ).events
  }

  func eventTypes(_ workflowID: String) async throws -> [EventType] { try await events(workflowID).map(\.eventType) }

  /// The server's state, for comparisons.
  var state: ServerMachine { machine }
}

extension Command {
  static func timer(_ id: String, _ duration: Duration) -> Command {
    .with {
      $0.commandType = .startTimer
      $0.startTimerCommandAttributes = .with {
        $0.timerID = id
        $0.startToFireTimeout = Google_Protobuf_Duration(rounding: duration)
      }
    }
  }

  static var completion: Command {
    .with {
      $0.commandType = .completeWorkflowExecution
      $0.completeWorkflowExecutionCommandAttributes = .init()
    }
  }
}

let virtualStart = ServerTime(nanoseconds: 1_700_000_000 * 1_000_000_000)

/// Asserts that something throws an error, and gives it.
@discardableResult
func assertThrows<Failure: Error>(
  _ type: Failure.Type, file: StaticString = #filePath, line: UInt = #line, _ body: () async throws -> Void
) async -> Failure? {
  do {
    try await body()
    XCTFail("nothing was thrown", file: file, line: line)
  } catch let error as Failure {
    return error
  } catch {
    XCTFail("\(error) is no \(type)", file: file, line: line)
  }
  return nil
}
