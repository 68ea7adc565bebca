import HindcastCore
import HindcastHistory
import SwiftProtobuf
import TemporalAPI

extension RecordingServer {
  /// What the server writes for a command.
  mutating func write(_ command: Command, _ messages: [Temporal_Api_Protocol_V1_Message]) {
    let completed = Int64(events.lastIndex { $0.eventType == .workflowTaskCompleted } ?? 0) + 1
    switch command.attributes {
    case .scheduleActivityTaskCommandAttributes(let c)?:
      append {
        $0.eventType = .activityTaskScheduled
        $0.activityTaskScheduledEventAttributes = .with {
          $0.activityID = c.activityID
          $0.activityType = c.activityType
          $0.taskQueue = c.taskQueue
          $0.input = c.input
          $0.header = c.header
          $0.startToCloseTimeout = c.startToCloseTimeout
          $0.retryPolicy = c.retryPolicy
          $0.workflowTaskCompletedEventID = completed
        }
      }
    case .requestCancelActivityTaskCommandAttributes(let c)?:
      append {
        $0.eventType = .activityTaskCancelRequested
        $0.activityTaskCancelRequestedEventAttributes.scheduledEventID = c.scheduledEventID
        $0.activityTaskCancelRequestedEventAttributes.workflowTaskCompletedEventID = completed
      }
    case .startTimerCommandAttributes(let c)?:
      append {
        $0.eventType = .timerStarted
        $0.timerStartedEventAttributes.timerID = c.timerID
        $0.timerStartedEventAttributes.startToFireTimeout = c.startToFireTimeout
        $0.timerStartedEventAttributes.workflowTaskCompletedEventID = completed
      }
    case .cancelTimerCommandAttributes(let c)?:
      append {
        $0.eventType = .timerCanceled
        $0.timerCanceledEventAttributes.timerID = c.timerID
        $0.timerCanceledEventAttributes.workflowTaskCompletedEventID = completed
      }
    case .recordMarkerCommandAttributes(let c)?:
      append {
        $0.eventType = .markerRecorded
        $0.markerRecordedEventAttributes = .with {
          $0.markerName = c.markerName
          $0.details = c.details
          $0.workflowTaskCompletedEventID = completed
        }
      }
    case .upsertWorkflowSearchAttributesCommandAttributes(let c)?:
      append {
        $0.eventType = .upsertWorkflowSearchAttributes
        $0.upsertWorkflowSearchAttributesEventAttributes.searchAttributes = c.searchAttributes
        $0.upsertWorkflowSearchAttributesEventAttributes.workflowTaskCompletedEventID = completed
      }
    case .modifyWorkflowPropertiesCommandAttributes(let c)?:
      append {
        $0.eventType = .workflowPropertiesModified
        $0.workflowPropertiesModifiedEventAttributes.upsertedMemo = c.upsertedMemo
        $0.workflowPropertiesModifiedEventAttributes.workflowTaskCompletedEventID = completed
      }
    default: writeOther(command, messages, completed)
    }
  }

  private mutating func writeOther(
    _ command: Command, _ messages: [Temporal_Api_Protocol_V1_Message], _ completed: Int64
  ) {
    switch command.attributes {
    case .startChildWorkflowExecutionCommandAttributes(let c)?:
      append {
        $0.eventType = .startChildWorkflowExecutionInitiated
        $0.startChildWorkflowExecutionInitiatedEventAttributes = .with {
          $0.workflowID = c.workflowID
          $0.workflowType = c.workflowType
          $0.taskQueue = c.taskQueue
          $0.input = c.input
          $0.workflowTaskCompletedEventID = completed
        }
      }
    case .signalExternalWorkflowExecutionCommandAttributes(let c)?:
      append {
        $0.eventType = .signalExternalWorkflowExecutionInitiated
        $0.signalExternalWorkflowExecutionInitiatedEventAttributes = .with {
          $0.workflowExecution = c.execution
          $0.signalName = c.signalName
          $0.input = c.input
          $0.control = c.control
          $0.workflowTaskCompletedEventID = completed
        }
      }
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let c)?:
      append {
        $0.eventType = .requestCancelExternalWorkflowExecutionInitiated
        $0.requestCancelExternalWorkflowExecutionInitiatedEventAttributes = .with {
          $0.workflowExecution.workflowID = c.workflowID
          $0.workflowExecution.runID = c.runID
          $0.control = c.control
          $0.childWorkflowOnly = c.childWorkflowOnly
          $0.workflowTaskCompletedEventID = completed
        }
      }
    case .protocolMessageCommandAttributes(let c)?:
      if let message = messages.first(where: { $0.id == c.messageID }) { write(message, completed) }
    case .completeWorkflowExecutionCommandAttributes(let c)?:
      append {
        $0.eventType = .workflowExecutionCompleted
        $0.workflowExecutionCompletedEventAttributes.result = c.result
        $0.workflowExecutionCompletedEventAttributes.workflowTaskCompletedEventID = completed
      }
    case .failWorkflowExecutionCommandAttributes(let c)?:
      append {
        $0.eventType = .workflowExecutionFailed
        $0.workflowExecutionFailedEventAttributes.failure = c.failure
        $0.workflowExecutionFailedEventAttributes.workflowTaskCompletedEventID = completed
      }
    case .cancelWorkflowExecutionCommandAttributes?:
      append {
        $0.eventType = .workflowExecutionCanceled
        $0.workflowExecutionCanceledEventAttributes.workflowTaskCompletedEventID = completed
      }
    case .continueAsNewWorkflowExecutionCommandAttributes(let c)?:
      append {
        $0.eventType = .workflowExecutionContinuedAsNew
        $0.workflowExecutionContinuedAsNewEventAttributes = .with {
          $0.workflowType = c.workflowType
          $0.taskQueue = c.taskQueue
          $0.input = c.input
          $0.newExecutionRunID = "new-run"
          $0.workflowTaskCompletedEventID = completed
        }
      }
    default: break
    }
  }

  private mutating func write(_ message: Temporal_Api_Protocol_V1_Message, _ completed: Int64) {
    if let acceptance = try? Temporal_Api_Update_V1_Acceptance(unpackingAny: message.body) {
      append {
        $0.eventType = .workflowExecutionUpdateAccepted
        $0.workflowExecutionUpdateAcceptedEventAttributes = .with {
          $0.protocolInstanceID = message.protocolInstanceID
          $0.acceptedRequestMessageID = acceptance.acceptedRequestMessageID
          $0.acceptedRequestSequencingEventID = acceptance.acceptedRequestSequencingEventID
          $0.acceptedRequest = acceptance.acceptedRequest
        }
      }
      eventOfUpdate[message.protocolInstanceID] = Int64(events.count)
    } else if let response = try? Temporal_Api_Update_V1_Response(unpackingAny: message.body) {
      let accepted = eventOfUpdate[message.protocolInstanceID] ?? 0
      append {
        $0.eventType = .workflowExecutionUpdateCompleted
        $0.workflowExecutionUpdateCompletedEventAttributes = .with {
          $0.meta = response.meta
          $0.outcome = response.outcome
          $0.acceptedEventID = accepted
        }
      }
    }
  }

  /// What happens in the world because of a command's event.
  mutating func answer(_ event: HistoryEvent) {
    let id = event.eventID
    switch event.attributes {
    case .activityTaskScheduledEventAttributes(let scheduled)?: answerActivity(id, scheduled)
    case .timerStartedEventAttributes(let started)?:
      let isCanceled = events.contains { $0.timerCanceledEventAttributes.timerID == started.timerID }
      guard !holdsTimers, !isCanceled else { return }
      append {
        $0.eventType = .timerFired
        $0.timerFiredEventAttributes.timerID = started.timerID
        $0.timerFiredEventAttributes.startedEventID = id
      }
    case .startChildWorkflowExecutionInitiatedEventAttributes(let initiated)?: answerChild(id, initiated)
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let initiated)?:
      append {
        $0.eventType = .externalWorkflowExecutionSignaled
        $0.externalWorkflowExecutionSignaledEventAttributes.initiatedEventID = id
        $0.externalWorkflowExecutionSignaledEventAttributes.workflowExecution = initiated.workflowExecution
      }
    case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let initiated)?:
      append {
        $0.eventType = .externalWorkflowExecutionCancelRequested
        $0.externalWorkflowExecutionCancelRequestedEventAttributes.initiatedEventID = id
        $0.externalWorkflowExecutionCancelRequestedEventAttributes.workflowExecution = initiated.workflowExecution
      }
    default: break
    }
  }

  private mutating func answerActivity(
    _ id: Int64, _ scheduled: Temporal_Api_History_V1_ActivityTaskScheduledEventAttributes
  ) {
    if case .never? = answers[scheduled.activityType.name] { return }
    append {
      $0.eventType = .activityTaskStarted
      $0.activityTaskStartedEventAttributes.scheduledEventID = id
    }
    let started = Int64(events.count)
    switch answers[scheduled.activityType.name] ?? .completed(.json("null")) {
    case .completed(let result):
      append {
        $0.eventType = .activityTaskCompleted
        $0.activityTaskCompletedEventAttributes = .with {
          $0.scheduledEventID = id
          $0.startedEventID = started
          $0.result = result
        }
      }
    case .failed(let failure):
      append {
        $0.eventType = .activityTaskFailed
        $0.activityTaskFailedEventAttributes = .with {
          $0.scheduledEventID = id
          $0.startedEventID = started
          $0.failure = failure
          $0.retryState = .maximumAttemptsReached
        }
      }
    case .never: break
    }
  }

  private mutating func answerChild(
    _ id: Int64, _ initiated: Temporal_Api_History_V1_StartChildWorkflowExecutionInitiatedEventAttributes
  ) {
    let execution = Temporal_Api_Common_V1_WorkflowExecution.with {
      $0.workflowID = initiated.workflowID
      $0.runID = "child-run"
    }
    append {
      $0.eventType = .childWorkflowExecutionStarted
      $0.childWorkflowExecutionStartedEventAttributes = .with {
        $0.initiatedEventID = id
        $0.workflowExecution = execution
        $0.workflowType = initiated.workflowType
      }
    }
    let started = Int64(events.count)
    switch answers[initiated.workflowType.name] ?? .completed(.json("null")) {
    case .completed(let result):
      append {
        $0.eventType = .childWorkflowExecutionCompleted
        $0.childWorkflowExecutionCompletedEventAttributes = .with {
          $0.initiatedEventID = id
          $0.startedEventID = started
          $0.workflowExecution = execution
          $0.workflowType = initiated.workflowType
          $0.result = result
        }
      }
    case .failed(let failure):
      append {
        $0.eventType = .childWorkflowExecutionFailed
        $0.childWorkflowExecutionFailedEventAttributes = .with {
          $0.initiatedEventID = id
          $0.startedEventID = started
          $0.workflowExecution = execution
          $0.workflowType = initiated.workflowType
          $0.failure = failure
        }
      }
    case .never: break
    }
  }
}
