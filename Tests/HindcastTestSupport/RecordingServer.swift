public import HindcastCore
public import HindcastHistory
import SwiftProtobuf
public import TemporalAPI

/// A stand-in for a server, just large enough to record the history of a workflow that runs alone: every activity, timer and
/// child it starts is answered before the next task, in the order in which it was started.
///
/// It shares nothing with the engine's matching, so a history it records is evidence.
public struct RecordingServer {
  /// What happens beside the answers, before the task with that number (from 1) is scheduled.
  public enum Incident {
    case signal(String, Payloads)
    case cancelRequest
    case update(id: String, name: String, Payloads)
  }

  /// How an activity or a child ends.
  public enum Answer {
    case completed(Payloads)
    case failed(Failure)
    case never
  }

  /// The workflow's type.
  public var type: String
  /// Its arguments.
  public var input: Payloads
  /// Answers by activity or workflow type; the default is a result of `null`.
  public var answers: [String: Answer] = [:]
  /// Timers do not fire.
  public var holdsTimers = false
  /// What comes from outside, by the number of the task that sees it.
  public var incidents: [Int: [Incident]] = [:]
  /// The run's id.
  public var runID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

  var events: [HistoryEvent] = []
  private var time: Int64 = 1_700_000_000
  private var updates: [Temporal_Api_Protocol_V1_Message] = []
  var eventOfUpdate: [String: Int64] = [:]

  /// Makes a server for one run.
  public init(type: String, input: Payloads = Payloads()) {
    self.type = type
    self.input = input
  }

  /// Runs the workflow until it closes, or until nothing is left that could wake it.
  public mutating func record(_ runtime: any WorkflowRuntime) throws -> WorkflowHistory {
    let (type, input, runID) = (type, input, runID)
    append {
      $0.eventType = .workflowExecutionStarted
      $0.workflowExecutionStartedEventAttributes = .with {
        $0.workflowType.name = type
        $0.taskQueue.name = "queue"
        $0.input = input
        $0.originalExecutionRunID = runID
        $0.firstExecutionRunID = runID
        $0.workflowID = "workflow-1"
        $0.attempt = 1
      }
    }
    let info = WorkflowInfo(
      started: events[0].workflowExecutionStartedEventAttributes, workflowID: "workflow-1", runID: runID)
    let run = try WorkflowRun(environment: WorkflowEnvironment(info: info), in: runtime)
    defer { run.close() }
    run.setReplaying(false)
    var delivered = 0
    for task in 1...1000 {
      for incident in incidents[task] ?? [] { append(incident) }
      guard delivered == 0 || hasNews(after: delivered) || !updates.isEmpty else { break }
      append {
        $0.eventType = .workflowTaskScheduled; $0.workflowTaskScheduledEventAttributes = .init()
      }
      let scheduled = Int64(events.count)
      append {
        $0.eventType = .workflowTaskStarted
        $0.workflowTaskStartedEventAttributes.scheduledEventID = scheduled
      }
      let slice = WorkflowTaskSlice(input: delivered..<events.count, started: events.count - 1)
      try run.run(slice, of: events, updates: updates)
      updates = []
      delivered = events.count
      let commands = try run.takeCommands()
      let messages = run.takeMessages()
      append {
        $0.eventType = .workflowTaskCompleted
        $0.workflowTaskCompletedEventAttributes = .with {
          $0.scheduledEventID = scheduled
          $0.startedEventID = scheduled + 1
          $0.sdkMetadata.langUsedFlags = run.takeNewFlags()
          $0.sdkMetadata.sdkName = "temporal-go"
        }
      }
      let first = events.count
      for command in commands { write(command.command, messages) }
      if events.last?.eventType.closesWorkflow == true { break }
      for index in first..<events.count { answer(events[index]) }
    }
    return WorkflowHistory(events: events, workflowID: "workflow-1", runID: runID)
  }

  private func hasNews(after delivered: Int) -> Bool {
    events[delivered...].contains { event in
      !event.eventType.isCommandEvent && event.eventType != .workflowTaskCompleted
    }
  }

  mutating func append(_ fill: (inout HistoryEvent) -> Void) {
    time += 1
    var event = HistoryEvent()
    fill(&event)
    event.eventID = Int64(events.count + 1)
    event.eventTime.seconds = time
    events.append(event)
  }

  private mutating func append(_ incident: Incident) {
    switch incident {
    case .signal(let name, let input):
      append {
        $0.eventType = .workflowExecutionSignaled
        $0.workflowExecutionSignaledEventAttributes.signalName = name
        $0.workflowExecutionSignaledEventAttributes.input = input
      }
    case .cancelRequest:
      append {
        $0.eventType = .workflowExecutionCancelRequested
        $0.workflowExecutionCancelRequestedEventAttributes = .init()
      }
    case .update(let id, let name, let arguments):
      let request = Temporal_Api_Update_V1_Request.with {
        $0.meta.updateID = id
        $0.input.name = name
        $0.input.args = arguments
      }
      let sequencing = Int64(events.count) + 1
      guard let body = try? Google_Protobuf_Any(message: request) else { return }
      updates.append(
        .with {
          $0.id = "\(id)/request"
          $0.protocolInstanceID = id
          $0.eventID = sequencing
          $0.body = body
        })
    }
  }
}

extension Temporal_Api_Common_V1_Payloads {
  /// One `json/plain` payload a text.
  public static func json(_ texts: String...) -> Self {
    .with { $0.payloads = texts.map { JSONPayload.payload(json: $0) } }
  }
}
