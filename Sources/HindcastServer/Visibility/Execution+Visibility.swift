internal import Foundation
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// A run as lists and queries see it (`server.md` 14.3).

extension Execution: VisibilitySubject {
  /// The value that a run has for an attribute; `nil` if it has none.
  ///
  /// What counts a history is known of closed runs only, as the real server's SQL stores have it.
  func visibilityValue(of attribute: SearchAttribute) -> VisibilityValue? {
    switch attribute.name {
    case "WorkflowId": return .text(record.workflowID)
    case "RunId": return .text(record.runID)
    case "WorkflowType": return .text(record.started.workflowType.name)
    case "StartTime": return .moment(record.startTime)
    case "ExecutionTime": return .moment(executionTime)
    case "CloseTime": return isRunning ? nil : .moment(record.closeTime)
    case "ExecutionStatus": return .integer(Int64(record.status.rawValue))
    case "TaskQueue": return .text(record.started.taskQueue.name)
    case "HistoryLength": return isRunning ? nil : .integer(record.nextEventID - 1)
    case "HistorySizeBytes": return isRunning ? nil : .integer(record.historySizeBytes)
    case "StateTransitionCount": return isRunning ? nil : .integer(record.stateTransitionCount)
    case "ExecutionDuration": return isRunning ? nil : .integer(record.closeTime.addingClamped(-executionTime))
    case "ParentWorkflowId":
      return record.started.hasParentWorkflowExecution
        ? .text(record.started.parentWorkflowExecution.workflowID) : nil
    case "ParentRunId":
      return record.started.hasParentWorkflowExecution ? .text(record.started.parentWorkflowExecution.runID) : nil
    case "RootWorkflowId": return .text(record.rootWorkflowID)
    case "RootRunId": return .text(record.rootRunID)
    case "TemporalPauseInfo":
      let paused = pauseInfo
      return paused.isEmpty ? nil : .list(paused)
    default:
      return record.searchAttributes.indexedFields[attribute.name]?.visibilityValue(of: attribute.type)
    }
  }

  /// When the workflow itself began: after the backoff of its first task.
  var executionTime: Int64 { record.startTime.addingClamped(record.started.firstWorkflowTaskBackoff.nanoseconds) }

  /// The search attributes of a run: those that were set, and what follows from its state.
  var searchAttributes: SearchAttributes {
    var attributes = record.searchAttributes
    let paused = pauseInfo
    if !paused.isEmpty {
      attributes.indexedFields["TemporalPauseInfo"] = Payload(searchAttribute: paused, .keywordList)
    }
    return attributes
  }

  /// What is paused: the workflow itself, the types of activities.
  private var pauseInfo: [String] {
    var info: [String] = []
    if record.paused {
      info.append("Workflow:\(record.workflowID)")
      if !record.pauseInfo.reason.isEmpty { info.append("Reason:\(record.pauseInfo.reason)") }
    }
    let types = Set(activities.values.lazy.filter(\.paused).map(\.scheduled.activityType.name))
    return info + types.sorted().map { "property:activityType=\($0)" }
  }

  /// The run as lists show it; times to the microsecond, as they are stored.
  var listEntry: Temporal_Api_Workflow_V1_WorkflowExecutionInfo {
    .with {
      $0.execution = record.execution
      $0.type = record.started.workflowType
      $0.startTime = record.startTime.wholeMicroseconds.timestamp
      $0.executionTime = executionTime.wholeMicroseconds.timestamp
      $0.status = record.status
      $0.taskQueue = record.started.taskQueue.name
      $0.memo = record.memo
      $0.searchAttributes = searchAttributes
      if record.started.hasParentWorkflowExecution { $0.parentExecution = record.started.parentWorkflowExecution }
      $0.rootExecution = .with {
        $0.workflowID = record.rootWorkflowID
        $0.runID = record.rootRunID
      }
      if !isRunning {
        $0.closeTime = record.closeTime.wholeMicroseconds.timestamp
        $0.executionDuration = record.closeTime.addingClamped(-executionTime).protobufDuration
        $0.historyLength = record.nextEventID - 1
        $0.historySizeBytes = record.historySizeBytes
        $0.stateTransitionCount = record.stateTransitionCount
      }
    }
  }
}

extension Int64 {
  /// Nanoseconds without what is less than a microsecond.
  fileprivate var wholeMicroseconds: Int64 { self - self % 1_000 }
}

extension Payload {
  /// A search attribute's value as the server writes it.
  init(searchAttribute value: some Encodable, _ type: IndexedValueType) {
    self = .with {
      $0.metadata = ["encoding": Data("json/plain".utf8), "type": Data(type.serverName.utf8)]
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      $0.data = (try? encoder.encode(value)) ?? Data()
    }
  }

  /// The value that a search attribute's payload holds; `nil` where it is no value of the type.
  func visibilityValue(of type: IndexedValueType) -> VisibilityValue? {
    guard let value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else { return nil }
    let single = (value as? [Any]).flatMap { $0.count == 1 ? $0[0] : nil } ?? value
    switch type {
    case .keywordList:
      if let list = value as? [Any] { return .list(list.compactMap { $0 as? String }) }
      return (value as? String).map { .list([$0]) }
    case .keyword, .text: return (single as? String).map(VisibilityValue.text)
    case .bool: return (single as? Bool).map(VisibilityValue.boolean)
    case .int: return (single as? Int64).map(VisibilityValue.integer) ?? (single as? Double).map(VisibilityValue.double)
    case .double: return (single as? Double).map(VisibilityValue.double)
    case .datetime: return (single as? String).flatMap(Int64.init(dateTimeText:)).map(VisibilityValue.moment)
    default: return nil
    }
  }
}
