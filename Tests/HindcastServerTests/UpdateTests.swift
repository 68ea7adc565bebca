import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

final class UpdateTests: XCTestCase {
  private let firstTask: [EventType] = [
    .workflowExecutionStarted, .workflowTaskScheduled, .workflowTaskStarted, .workflowTaskCompleted,
  ]
  private let nextTask: [EventType] = [.workflowTaskScheduled, .workflowTaskStarted, .workflowTaskCompleted]

  func testAnUpdateIsStoredWhenItIsAccepted() throws {
    var rig = ServerRig()
    let runID = try rig.startIdle()
    let call = rig.beginUpdate()
    let task = try rig.pollTask()
    XCTAssertEqual(task.messages.map(\.id), ["u/request"])
    XCTAssertEqual(task.messages.map(\.eventID), [5])
    XCTAssertEqual(task.history.events.map(\.eventID), [1, 2, 3, 4, 5, 6])
    XCTAssertEqual(rig.eventTypes(runID), firstTask, "nothing is stored of an update before it is accepted")
    XCTAssertNil(try rig.update(call))
    try rig.complete(task, messages: [.accept("u", at: 5), .complete("u")])
    let answer = try XCTUnwrap(rig.update(call))
    XCTAssertEqual(answer.stage, .completed)
    XCTAssertEqual(answer.outcome.success, Payloads(text: "done"))
    XCTAssertEqual(answer.link.workflowEvent.requestIDRef.eventType, .workflowExecutionUpdateAccepted)
    XCTAssertEqual(
      rig.eventTypes(runID),
      firstTask + nextTask + [.workflowExecutionUpdateAccepted, .workflowExecutionUpdateCompleted])
    rig.checkRebuild()
  }

  func testARejectedUpdateLeavesNothing() throws {
    var rig = ServerRig()
    let runID = try rig.startIdle()
    let call = rig.beginUpdate()
    let answer = try rig.complete(rig.pollTask(), messages: [.reject("u")])
    XCTAssertEqual(answer.resetHistoryEventID, 3)
    XCTAssertEqual(try rig.update(call)?.outcome.failure.message, "rejected")
    XCTAssertEqual(rig.eventTypes(runID), firstTask)
    try rig.signal()
    XCTAssertEqual(rig.history(runID).last?.eventID, 6, "the ids of the task that went are used again")
    // Rejected is forgotten: the id can be tried again.
    let again = rig.beginUpdate()
    XCTAssertEqual(try rig.pollTask().messages.count, 1)
    XCTAssertNil(try rig.update(again))
    rig.checkRebuild()
  }

  func testWhatHappensBesideASpeculativeTaskMakesItANormalOne() throws {
    for isTaken in [false, true] {
      var rig = ServerRig()
      let runID = try rig.startIdle()
      let call = rig.beginUpdate()
      var task = isTaken ? try rig.pollTask() : nil
      try rig.signal()
      task = try task ?? rig.pollTask()
      let answer = try rig.complete(try XCTUnwrap(task), messages: [.reject("u")])
      XCTAssertEqual(answer.resetHistoryEventID, 0)
      XCTAssertEqual(try rig.update(call)?.outcome.failure.message, "rejected")
      let expected: [EventType] =
        isTaken
        ? nextTask + [.workflowExecutionSignaled, .workflowTaskScheduled]
        : [.workflowTaskScheduled, .workflowExecutionSignaled, .workflowTaskStarted, .workflowTaskCompleted]
      XCTAssertEqual(rig.eventTypes(runID), firstTask + expected)
      rig.checkRebuild()
    }
  }

  func testASpeculativeTaskThatShowedEventsIsStoredUnlessTheWorkerCanGoBack() throws {
    // How many events the first task's answer wrote that the worker sees for the first time.
    let cases: [(markers: Int, canGoBack: Bool, isDiscarded: Bool)] = [
      (0, false, true), (1, false, false), (1, true, true), (10, true, true), (11, true, false),
    ]
    for (markers, canGoBack, isDiscarded) in cases {
      var rig = ServerRig()
      let runID = try rig.start()
      try rig.complete(rig.pollTask()) {
        $0.commands = (0..<markers).map { number in
          .with {
            $0.commandType = .recordMarker
            $0.recordMarkerCommandAttributes.markerName = "\(number)"
          }
        }
      }
      let before = rig.eventTypes(runID)
      _ = rig.beginUpdate()
      let rejection = try ProtocolMessage.reject("u")
      try rig.complete(rig.pollTask()) {
        $0.messages = [rejection]
        $0.capabilities.discardSpeculativeWorkflowTaskWithEvents = canGoBack
      }
      XCTAssertEqual(rig.eventTypes(runID), before + (isDiscarded ? [] : nextTask), "\(markers), \(canGoBack)")
      rig.checkRebuild()
    }
  }

  func testAnUpdateThatNobodyTakesGetsANormalTask() throws {
    var rig = ServerRig()
    let runID = try rig.startIdle()
    _ = rig.beginUpdate()
    rig.advance(by: .seconds(4))
    XCTAssertEqual(rig.eventTypes(runID), firstTask)
    rig.advance(by: .seconds(1))
    XCTAssertEqual(
      rig.eventTypes(runID), firstTask + [.workflowTaskScheduled, .workflowTaskTimedOut, .workflowTaskScheduled])
    XCTAssertEqual(try rig.pollTask().messages.count, 1)
    rig.checkRebuild()
  }

  func testAnUpdateComesAgainAfterAFailedTask() throws {
    var rig = ServerRig()
    let runID = try rig.startIdle()
    let call = rig.beginUpdate()
    try rig.fail(rig.pollTask())
    let task = try rig.pollTask()
    XCTAssertEqual(task.attempt, 2)
    XCTAssertEqual(task.messages.map(\.id), ["u/request"])
    try rig.complete(task, messages: [.accept("u"), .complete("u")])
    XCTAssertEqual(try rig.update(call)?.stage, .completed)
    XCTAssertEqual(rig.eventTypes(runID)[4...6], [.workflowTaskScheduled, .workflowTaskStarted, .workflowTaskFailed])
    rig.checkRebuild()
  }

  func testAnUpdateThatTheAnswerDoesNotMentionIsRejected() throws {
    var rig = ServerRig()
    _ = try rig.startIdle()
    let call = rig.beginUpdate()
    try rig.complete(rig.pollTask())
    XCTAssertEqual(try rig.update(call)?.outcome.failure.applicationFailureInfo.type, "UnprocessedUpdate")
  }

  func testARefusedAnswerEndsTheUpdatesThatTheWorkerHad() throws {
    var rig = ServerRig()
    _ = try rig.startIdle()
    let sent = rig.beginUpdate("sent")
    let task = try rig.pollTask()
    let waiting = rig.beginUpdate("waiting")
    let error = refusal { try rig.complete(task, messages: [.complete("sent")]) }
    XCTAssertEqual(
      error?.message,
      """
      BadUpdateWorkflowExecutionMessage: invalid state transition attempted for Update sent: received *update.Response \
      message while in state Sent
      """)
    XCTAssertEqual(refusal { _ = try rig.update(sent) }?.code, .failedPrecondition)
    XCTAssertNil(try rig.update(waiting))
    XCTAssertEqual(try rig.pollTask().messages.map(\.protocolInstanceID), ["waiting"])
    rig.checkRebuild()
  }

  func testAWrongAnswerToASpeculativeTaskGetsTheUpdateAnotherOne() throws {
    var rig = ServerRig()
    let runID = try rig.startIdle()
    let call = rig.beginUpdate()
    let task = try rig.pollTask()
    XCTAssertEqual(
      refusal { try rig.complete(task, .completeWorkflow(), .completeWorkflow()) }?.code, .invalidArgument)
    XCTAssertEqual(rig.eventTypes(runID), firstTask)
    XCTAssertEqual(refusal { try rig.complete(task) }?.message, "Workflow task not found.")
    try rig.complete(rig.pollTask(), messages: [.accept("u"), .complete("u")])
    XCTAssertEqual(try rig.update(call)?.stage, .completed)
    rig.checkRebuild()
  }

  func testStagesThatAreWaitedFor() throws {
    var rig = ServerRig()
    _ = try rig.startIdle()
    let accepted = rig.beginUpdate(stage: .accepted)
    let completed = rig.beginUpdate(stage: .completed)
    let expired = rig.beginUpdate(stage: .accepted)
    rig.expire(expired)
    XCTAssertEqual(try rig.update(expired)?.stage, .admitted)
    XCTAssertEqual(
      refusal { _ = try rig.update(rig.beginUpdate(stage: .admitted)) }?.code, .permissionDenied)
    try rig.complete(rig.pollTask(), messages: [.accept("u")])
    XCTAssertEqual(try rig.update(accepted)?.stage, .accepted)
    XCTAssertNil(try rig.update(completed))
    rig.expire(completed)
    XCTAssertEqual(try rig.update(completed)?.stage, .accepted)
    XCTAssertEqual(refusal { _ = try poll(&rig, "nobody's") }?.message, "update \"nobody's\" not found")
    XCTAssertEqual(try poll(&rig, "u")?.stage, .accepted)
    rig.checkRebuild()
  }

  private func poll(
    _ rig: inout ServerRig, _ id: String
  ) throws -> Temporal_Api_Workflowservice_V1_PollWorkflowExecutionUpdateResponse? {
    let call = rig.begin(
      WorkflowService.pollWorkflowExecutionUpdate,
      .with {
        $0.namespace = "default"
        $0.updateRef.workflowExecution.workflowID = "w"
        $0.updateRef.updateID = id
        $0.waitPolicy.lifecycleStage = .accepted
      })
    return try rig.answer(call, of: WorkflowService.pollWorkflowExecutionUpdate)
  }

  func testAClosingRunEndsItsUpdates() throws {
    var rig = ServerRig()
    let runID = try rig.startIdle()
    let accepted = rig.beginUpdate("accepted")
    let task = try rig.pollTask()
    let admitted = rig.beginUpdate("admitted")
    try rig.complete(task, .completeWorkflow(), messages: [.accept("accepted")])
    XCTAssertEqual(refusal { _ = try rig.update(admitted) }?.message, "workflow update was aborted by closing workflow")
    // The acceptance came behind the command that closed the run: too late.
    XCTAssertEqual(refusal { _ = try rig.update(accepted) }?.code, .notFound)
    XCTAssertEqual(rig.eventTypes(runID).last, .workflowExecutionCompleted)
    rig.checkRebuild()
  }

  func testAnAcceptedUpdateFailsWithItsRun() throws {
    var rig = ServerRig()
    _ = try rig.startIdle()
    let call = rig.beginUpdate()
    try rig.complete(rig.pollTask(), messages: [.accept("u")])
    try rig.call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = "w"
      })
    for answer in [try rig.update(call), try rig.update(rig.beginUpdate())] {
      XCTAssertEqual(answer?.outcome.failure.applicationFailureInfo.type, "AcceptedUpdateCompletedWorkflow")
      XCTAssertEqual(answer?.stage, .completed)
    }
    XCTAssertEqual(
      refusal { _ = try rig.update(rig.beginUpdate("another")) }?.message, "workflow execution already completed")
    rig.checkRebuild()
  }

  func testTheSameIDIsTheSameUpdate() throws {
    var rig = ServerRig()
    _ = try rig.startIdle()
    let calls = [rig.beginUpdate(), rig.beginUpdate()]
    let task = try rig.pollTask()
    XCTAssertEqual(task.messages.count, 1)
    try rig.complete(task, messages: [.accept("u"), .complete("u")])
    for call in calls + [rig.beginUpdate()] {
      XCTAssertEqual(try rig.update(call)?.outcome.success, Payloads(text: "done"))
    }
  }

  func testLimits() throws {
    var limits = Limits()
    limits.updatesPerRun = 10
    limits.updatesInFlight = 9
    var rig = ServerRig(limits: limits)
    _ = try rig.startIdle()
    for number in 0..<9 { XCTAssertNil(try rig.update(rig.beginUpdate("\(number)"))) }
    XCTAssertEqual(
      refusal { _ = try rig.update(rig.beginUpdate("too many")) }?.message,
      "limit on number of concurrent in-flight updates has been reached (9)")
    let task = try rig.pollTask()
    XCTAssertEqual(task.messages.map(\.protocolInstanceID), (0..<9).map(String.init))
    XCTAssertEqual(
      task.history.events.last?.workflowTaskStartedEventAttributes.suggestContinueAsNewReasons, [.tooManyUpdates])
    try rig.complete(
      task, messages: try (0..<9).flatMap { [try ProtocolMessage.accept("\($0)"), try .complete("\($0)")] })
    XCTAssertNil(try rig.update(rig.beginUpdate("10th")))
    XCTAssertEqual(refusal { _ = try rig.update(rig.beginUpdate("11th")) }?.code, .failedPrecondition)
    rig.checkRebuild()
  }

  /// Random days of a run: whatever happens, its history tells its state, and every caller gets an answer in the end.
  func testRandomSequences() throws {
    for seed in UInt64(1)...60 {
      var rig = ServerRig(seed: seed)
      var random = IDSource(seed: seed)
      let runID = try rig.start()
      var calls: [CallID] = []
      var task: WorkflowTaskPollResponse?
      for step in 0..<40 {
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2: calls.append(rig.beginUpdate("\(Int.random(in: 0..<15, using: &random))"))
        case 3: try rig.signal("w", "\(step)")
        case 4: rig.advance(by: .seconds(Int.random(in: 1...11, using: &random)))
        case 5:
          let poll = rig.beginPoll()
          task = try rig.task(poll) ?? task
          rig.expire(poll)
          _ = try rig.task(poll)
        default:
          guard let current = task else { continue }
          let messages = try current.messages.flatMap { message -> [ProtocolMessage] in
            let id = message.protocolInstanceID
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return [try .reject(id)]
            case 1: return [try .accept(id), try .complete(id)]
            case 2: return [try .accept(id)]
            default: return []
            }
          }
          let isReturned = Bool.random(using: &random)
          do {
            let answer = try rig.complete(current) {
              $0.messages = messages
              $0.returnNewWorkflowTask = isReturned
            }
            task = answer.hasWorkflowTask ? answer.workflowTask : nil
          } catch is ServiceError {
            task = nil
          }
        }
        let run = try XCTUnwrap(rig.machine.executions[runID])
        XCTAssertFalse(run.record.workflowTask.kind == .speculative && !run.buffer.isEmpty, "seed \(seed)")
        XCTAssertLessThanOrEqual(run.updatesInFlight, 10, "seed \(seed)")
        if !run.admittedUpdates.isEmpty {
          XCTAssertNotEqual(run.record.workflowTask.kind, .none, "an update waits for no task, seed \(seed)")
        }
        rig.checkRebuild()
      }
      try rig.call(
        WorkflowService.terminateWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowExecution.workflowID = "w"
        })
      for call in calls { XCTAssertFalse(rig.machine.isWaiting(call), "seed \(seed)") }
      XCTAssertTrue(rig.machine.updateWaiters.isEmpty, "seed \(seed)")
      rig.checkRebuild()
    }
  }
}
