import Foundation
import HindcastCalls
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

@testable import HindcastServer

// What a random server is asked beside workflows: Nexus operations, activities without a workflow, schedules, batches.

extension RandomServer {
  // MARK: Nexus

  mutating func makeEndpoint() {
    call(
      OperatorService.createNexusEndpoint,
      .with {
        $0.spec.name = "endpoint"
        $0.spec.target.worker.namespace = "default"
        $0.spec.target.worker.taskQueue = "handlers"
      })
  }

  func operationCommand(_ seconds: Int64) -> Command {
    .with {
      $0.commandType = .scheduleNexusOperation
      $0.scheduleNexusOperationCommandAttributes = .with {
        $0.endpoint = "endpoint"
        $0.service = "service"
        $0.operation = "operation"
        if seconds % 2 == 0 { $0.scheduleToCloseTimeout = .init(seconds: seconds + 5) }
      }
    }
  }

  mutating func cancellation(ofOperationIn events: [HistoryEvent]) -> Command {
    let scheduled = choose(events.filter { $0.eventType == .nexusOperationScheduled })
    return .with {
      $0.commandType = .requestCancelNexusOperation
      $0.requestCancelNexusOperationCommandAttributes.scheduledEventID = scheduled?.eventID ?? 5
    }
  }

  mutating func pollNexus() {
    call(
      WorkflowService.pollNexusTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "handlers"
        $0.identity = "handler"
      }
    ) { server, response in if !response.taskToken.isEmpty { server.nexusTasks.append(response) } }
  }

  mutating func answerNexus() {
    guard let task = choose(nexusTasks) else { return }
    if chance(80) { nexusTasks.removeAll { $0.taskToken == task.taskToken } }
    let kind = random.next() % 4
    if kind == 3 {
      let isRetryable = chance(50)
      return call(
        WorkflowService.respondNexusTaskFailed,
        .with {
          $0.namespace = "default"
          $0.taskToken = task.taskToken
          $0.error.errorType = isRetryable ? "UNAVAILABLE" : "BAD_REQUEST"
        })
    }
    call(
      WorkflowService.respondNexusTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        if case .cancelOperation? = task.request.variant {
          $0.response.cancelOperation = .init()
        } else {
          switch kind {
          case 0: $0.response.startOperation.syncSuccess = .init()
          case 1: $0.response.startOperation.asyncSuccess.operationToken = "token"
          default: $0.response.startOperation.operationError.operationState = "failed"
          }
        }
      })
  }

  // MARK: Activities, schedules, batches

  mutating func startActivity() {
    let (id, seconds) = ("a\(random.next() % 3)", Int64(random.next() % 30))
    call(
      WorkflowService.startActivityExecution,
      .with {
        $0.namespace = "default"
        $0.activityID = id
        $0.activityType.name = "Activity"
        $0.taskQueue.name = "queue"
        $0.startToCloseTimeout = .init(seconds: seconds + 1)
        $0.requestID = "start \(seconds)"
        if seconds % 2 == 0 { $0.scheduleToCloseTimeout = .init(seconds: 40) }
      })
  }

  mutating func changeSchedule() {
    let (id, seconds) = ("s\(random.next() % 2)", Int64(random.next() % 50))
    let workflow = workflowID()
    if chance(30) {
      return call(
        WorkflowService.deleteSchedule,
        .with {
          $0.namespace = "default"
          $0.scheduleID = id
        })
    }
    call(
      WorkflowService.createSchedule,
      .with {
        $0.namespace = "default"
        $0.scheduleID = id
        $0.requestID = "create \(seconds)"
        $0.schedule.spec.interval = [.with { $0.interval = .init(seconds: seconds + 10) }]
        $0.schedule.policies.overlapPolicy = seconds % 2 == 0 ? .bufferAll : .skip
        $0.schedule.action.startWorkflow = .with {
          $0.workflowID = workflow
          $0.workflowType.name = "Type"
          $0.taskQueue.name = "queue"
        }
      })
  }

  mutating func startBatch() {
    let id = "b\(random.next() % 100)"
    let isSignal = chance(80)
    call(
      WorkflowService.startBatchOperation,
      .with {
        $0.namespace = "default"
        $0.jobID = id
        $0.reason = "test"
        $0.visibilityQuery = "WorkflowType = 'Type'"
        if isSignal { $0.signalOperation.signal = "batch" } else { $0.terminationOperation = .init() }
      })
  }

  // MARK: Visibility

  /// What lists and counts say otherwise than the histories.
  func visibilityProblems() throws -> [String] {
    var machine = machine
    var problems: [String] = []
    func ask<Request, Response>(_ method: ServiceMethod<Request, Response>, _ request: Request) -> Response? {
      let turn = machine.handle(
        request, of: MethodName(method), as: Call(id: CallID(.max)), at: now, reading: archive)
      return turn.replies.lazy.compactMap { try? $0.result.get() as? Response }.first
    }
    func list(_ query: String) -> [Temporal_Api_Workflow_V1_WorkflowExecutionInfo] {
      var (runs, token): ([Temporal_Api_Workflow_V1_WorkflowExecutionInfo], _) = ([], Optional(Data()))
      while let next = token {
        let page = ask(
          WorkflowService.listWorkflowExecutions,
          .with {
            $0.namespace = "default"
            $0.query = query
            $0.pageSize = 7
            $0.nextPageToken = next
          })
        guard let page else {
          problems.append("no answer to the list of \(query)")
          return runs
        }
        runs += page.executions
        token = page.nextPageToken.isEmpty ? nil : page.nextPageToken
      }
      return runs
    }
    let all = list("")
    if all.map(\.execution.runID).sorted() != archive.histories.keys.sorted() {
      problems.append("the list has \(all.count) runs, there are \(archive.histories.count)")
    }
    for run in all {
      let events = archive.histories[run.execution.runID, default: []].flatMap(\.events)
      guard let first = events.first, let last = events.last else { continue }
      let status = last.status ?? .running
      if run.status != status { problems.append("\(run.execution.runID) is \(status), listed as \(run.status)") }
      // Lists tell the length of closed runs only.
      if run.historyLength != (last.status == nil ? 0 : Int64(events.count)) {
        problems.append("\(run.execution.runID) has \(events.count) events, listed with \(run.historyLength)")
      }
      if run.type != first.workflowExecutionStartedEventAttributes.workflowType {
        problems.append("\(run.execution.runID) is listed with type \(run.type.name)")
      }
      if last.status != nil, run.closeTime != last.eventTime {
        problems.append("\(run.execution.runID) closed at \(last.eventTime), listed with \(run.closeTime)")
      }
    }
    for (status, name) in [
      (WorkflowStatus.running, "Running"), (.completed, "Completed"), (.failed, "Failed"), (.canceled, "Canceled"),
      (.terminated, "Terminated"), (.continuedAsNew, "ContinuedAsNew"), (.timedOut, "TimedOut"),
    ] {
      let expected = all.filter { $0.status == status }.map(\.execution.runID).sorted()
      let query = "ExecutionStatus = '\(name)'"
      let listed = list(query).map(\.execution.runID).sorted()
      if listed != expected { problems.append("\(query) lists \(listed), not \(expected)") }
      let count = ask(
        WorkflowService.countWorkflowExecutions,
        .with {
          $0.namespace = "default"
          $0.query = query
        })
      if count?.count != Int64(expected.count) {
        problems.append("\(query) counts \(count?.count ?? -1), not \(expected.count)")
      }
    }
    return problems
  }
}
