import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

final class BasicRunTests: XCTestCase {
  func testARunWithATimerFromStartToEnd() throws {
    var rig = ServerRig()
    let poll = rig.begin(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
        $0.identity = "worker"
      })
    let started = try rig.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = "w"
        $0.workflowType.name = "Type"
        $0.taskQueue.name = "queue"
        $0.workflowTaskTimeout = .init(seconds: 10)
      })
    let task = try XCTUnwrap(rig.answer(poll, of: WorkflowService.pollWorkflowTaskQueue))
    XCTAssertEqual(task.history.events.map(\.eventID), [1, 2, 3])
    try rig.call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.commands = [
          .with {
            $0.commandType = .startTimer
            $0.startTimerCommandAttributes = .with {
              $0.timerID = "t"
              $0.startToFireTimeout = .init(seconds: 3_600)
            }
          }
        ]
      })
    let second = rig.begin(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
        $0.identity = "worker"
      })
    XCTAssertNil(try rig.answer(second, of: WorkflowService.pollWorkflowTaskQueue))
    rig.advance(by: .seconds(3_600))
    let next = try XCTUnwrap(rig.answer(second, of: WorkflowService.pollWorkflowTaskQueue))
    try rig.call(
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
    XCTAssertEqual(
      rig.eventTypes(started.runID),
      [
        .workflowExecutionStarted, .workflowTaskScheduled, .workflowTaskStarted, .workflowTaskCompleted, .timerStarted,
        .timerFired, .workflowTaskScheduled, .workflowTaskStarted, .workflowTaskCompleted, .workflowExecutionCompleted,
      ])
    let live = try XCTUnwrap(rig.machine.executions[started.runID])
    let rebuilt = try XCTUnwrap(
      Execution(rebuiltFrom: rig.history(started.runID), namespace: "default", runID: started.runID))
    XCTAssertEqual(rebuilt.record.status, live.record.status)
  }
}
