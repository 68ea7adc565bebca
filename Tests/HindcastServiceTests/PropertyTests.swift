import Foundation
import HindcastHistory
import HindcastRecords
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// What holds whatever anybody asks of a server, in whatever order.
final class PropertyTests: XCTestCase {
  /// How many sequences of requests; `HINDCAST_SEQUENCES` says otherwise.
  private let sequences = ProcessInfo.processInfo.environment["HINDCAST_SEQUENCES"].flatMap(UInt64.init) ?? 100

  func testRandomRequestsLeaveHistoriesAndRecordsThatAgree() throws {
    var answered = 0
    for seed in 1...sequences {
      var server = RandomServer(seed: seed)
      for step in 0..<120 {
        server.step()
        if step % 40 == 39 {
          try check(server, seed)
          if seed.isMultiple(of: 3) { try server.restart() }
        }
      }
      answered += server.answered
      if let failures = testRun?.totalFailureCount, failures > 0 {
        return print(server.log.joined(separator: "\n"))
      }
    }
    // Random requests are often refused; if all were, nothing would have been checked.
    XCTAssertGreaterThan(answered, Int(sequences) * 30)
  }

  private func check(_ server: RandomServer, _ seed: UInt64) throws {
    for (runID, batches) in server.archive.histories {
      let events = batches.flatMap(\.events)
      for problem in HistoryRules(events).problems { XCTFail("seed \(seed), run \(runID): \(problem)") }
      guard let execution = server.machine.executions[runID] else { continue }
      XCTAssertEqual(execution.record.nextEventID, Int64(events.count) + 1, "seed \(seed), run \(runID)")
      XCTAssertEqual(
        execution.record.status.isClosed, events.last?.status != nil,
        "seed \(seed), run \(runID): \(execution.record.status)")
      if let status = events.last?.status { XCTAssertEqual(execution.record.status, status, "seed \(seed)") }
    }
    for difference in Restoration(of: server.machine, as: try server.restored()).differences {
      XCTFail("seed \(seed), \(difference)")
    }
    for problem in try server.visibilityProblems() { XCTFail("seed \(seed), \(problem)") }
  }
}

/// The rules that every history keeps.
struct HistoryRules {
  private(set) var problems: [String] = []

  init(_ events: [HistoryEvent]) {
    var task: (scheduled: Int64, started: Int64)?
    var open: Set<Int64> = []
    var closed: Set<Int64> = []
    var started: Set<Int64> = []
    for (index, event) in events.enumerated() {
      if event.eventID != Int64(index) + 1 { problems.append("event \(event.eventID) stands at \(index + 1)") }
      if index > 0, events[index - 1].status != nil { problems.append("event \(event.eventID) follows the end") }
      func opens() { open.insert(event.eventID) }
      func closes(_ id: Int64) {
        if open.remove(id) == nil {
          problems.append(
            "event \(event.eventID) ends \(id), which \(closed.contains(id) ? "has ended" : "never began")")
        }
        closed.insert(id)
      }
      func starts(_ id: Int64) {
        if !open.contains(id) { problems.append("event \(event.eventID) starts \(id), which is not open") }
        if !started.insert(id).inserted { problems.append("event \(event.eventID) starts \(id) again") }
      }
      switch event.attributes {
      case .workflowTaskScheduledEventAttributes?:
        if task != nil { problems.append("event \(event.eventID) schedules a second workflow task") }
        task = (event.eventID, 0)
      case .workflowTaskStartedEventAttributes(let attributes)?:
        if task?.scheduled != attributes.scheduledEventID || task?.started != 0 {
          problems.append("event \(event.eventID) starts a workflow task that is not scheduled")
        }
        task?.started = event.eventID
      case .workflowTaskCompletedEventAttributes(let attributes)?:
        if task?.started != attributes.startedEventID { problems.append("event \(event.eventID) ends another task") }
        task = nil
      case .workflowTaskFailedEventAttributes?, .workflowTaskTimedOutEventAttributes?:
        if task == nil { problems.append("event \(event.eventID) ends no workflow task") }
        task = nil
      case .timerStartedEventAttributes?, .activityTaskScheduledEventAttributes?,
        .startChildWorkflowExecutionInitiatedEventAttributes?,
        .signalExternalWorkflowExecutionInitiatedEventAttributes?,
        .requestCancelExternalWorkflowExecutionInitiatedEventAttributes?, .nexusOperationScheduledEventAttributes?,
        .nexusOperationCancelRequestedEventAttributes?, .workflowExecutionUpdateAcceptedEventAttributes?:
        opens()
      case .activityTaskStartedEventAttributes(let attributes)?: starts(attributes.scheduledEventID)
      case .childWorkflowExecutionStartedEventAttributes(let attributes)?: starts(attributes.initiatedEventID)
      case .nexusOperationStartedEventAttributes(let attributes)?: starts(attributes.scheduledEventID)
      case .timerFiredEventAttributes(let attributes)?: closes(attributes.startedEventID)
      case .timerCanceledEventAttributes(let attributes)?: closes(attributes.startedEventID)
      case .activityTaskCompletedEventAttributes(let attributes)?: closes(attributes.scheduledEventID)
      case .activityTaskFailedEventAttributes(let attributes)?: closes(attributes.scheduledEventID)
      case .activityTaskTimedOutEventAttributes(let attributes)?: closes(attributes.scheduledEventID)
      case .activityTaskCanceledEventAttributes(let attributes)?: closes(attributes.scheduledEventID)
      case .startChildWorkflowExecutionFailedEventAttributes(let attributes)?: closes(attributes.initiatedEventID)
      case .childWorkflowExecutionCompletedEventAttributes(let attributes)?: closes(attributes.initiatedEventID)
      case .childWorkflowExecutionFailedEventAttributes(let attributes)?: closes(attributes.initiatedEventID)
      case .childWorkflowExecutionCanceledEventAttributes(let attributes)?: closes(attributes.initiatedEventID)
      case .childWorkflowExecutionTimedOutEventAttributes(let attributes)?: closes(attributes.initiatedEventID)
      case .childWorkflowExecutionTerminatedEventAttributes(let attributes)?: closes(attributes.initiatedEventID)
      case .externalWorkflowExecutionSignaledEventAttributes(let attributes)?: closes(attributes.initiatedEventID)
      case .signalExternalWorkflowExecutionFailedEventAttributes(let attributes)?: closes(attributes.initiatedEventID)
      case .externalWorkflowExecutionCancelRequestedEventAttributes(let attributes)?:
        closes(attributes.initiatedEventID)
      case .requestCancelExternalWorkflowExecutionFailedEventAttributes(let attributes)?:
        closes(attributes.initiatedEventID)
      case .nexusOperationCompletedEventAttributes(let attributes)?: closes(attributes.scheduledEventID)
      case .nexusOperationFailedEventAttributes(let attributes)?: closes(attributes.scheduledEventID)
      case .nexusOperationCanceledEventAttributes(let attributes)?: closes(attributes.scheduledEventID)
      case .nexusOperationTimedOutEventAttributes(let attributes)?: closes(attributes.scheduledEventID)
      case .nexusOperationCancelRequestCompletedEventAttributes(let attributes)?: closes(attributes.requestedEventID)
      case .nexusOperationCancelRequestFailedEventAttributes(let attributes)?: closes(attributes.requestedEventID)
      case .workflowExecutionUpdateCompletedEventAttributes(let attributes)?: closes(attributes.acceptedEventID)
      default: break
      }
    }
  }
}

extension HistoryEvent {
  /// The status that the event gives its run, if it ends it.
  var status: WorkflowStatus? {
    switch eventType {
    case .workflowExecutionCompleted: .completed
    case .workflowExecutionFailed: .failed
    case .workflowExecutionTimedOut: .timedOut
    case .workflowExecutionCanceled: .canceled
    case .workflowExecutionTerminated: .terminated
    case .workflowExecutionContinuedAsNew: .continuedAsNew
    default: nil
    }
  }
}

extension WorkflowStatus {
  fileprivate var isClosed: Bool { self != .running && self != .paused }
}
