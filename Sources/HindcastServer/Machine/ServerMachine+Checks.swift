internal import HindcastCalls
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What many requests are checked for before anything else (`server.md` 1.3, 17).

extension ServerMachine {
  /// - Throws: INVALID_ARGUMENT unless a request names an execution.
  func check(_ execution: WorkflowExecutionMessage?) throws(ServiceError) {
    guard let execution else { throw .invalidArgument("Execution is not set on request.") }
    if execution.workflowID.isEmpty { throw .invalidArgument("WorkflowId is not set on request.") }
    if !execution.runID.isEmpty, !execution.runID.isUUID { throw .invalidArgument("Invalid RunId.") }
  }

  /// - Throws: INVALID_ARGUMENT for an id or name that is too long.
  func checkLength(_ text: String, of field: String) throws(ServiceError) {
    if text.utf8.count > limits.idBytes { throw .invalidArgument("\(field) length exceeds limit.") }
  }

  /// - Throws: INVALID_ARGUMENT for payloads that are too large.
  func checkBlob(_ payloads: Payloads?) throws(ServiceError) {
    if let payloads, payloads.byteCount > limits.blobBytes {
      throw .invalidArgument("Blob data size exceeds limit.")
    }
  }

  /// - Throws: INVALID_ARGUMENT for too many links, for large ones and for such that point to nothing.
  func check(_ links: [Temporal_Api_Common_V1_Link]) throws(ServiceError) {
    if links.count > limits.linksPerRequest {
      throw .invalidArgument("cannot attach more than \(limits.linksPerRequest) links per request, got \(links.count)")
    }
    for link in links {
      let size = link.byteCount
      if size > limits.linkBytes {
        throw .invalidArgument("link exceeds allowed size of \(limits.linkBytes), got \(size)")
      }
      try check(link)
    }
  }

  private func check(_ link: Temporal_Api_Common_V1_Link) throws(ServiceError) {
    let kind: String
    let required: [(name: String, value: String)]
    switch link.variant {
    case .workflowEvent(let event)?:
      kind = "workflow event"
      required = [
        ("namespace field", event.namespace), ("workflow ID field", event.workflowID), ("run ID field", event.runID),
      ]
      if event.eventRef.eventType == .unspecified, event.eventRef.eventID != 0,
        required.allSatisfy({ !$0.value.isEmpty })
      {
        throw .invalidArgument(
          "workflow event link ref cannot have an unspecified event type and a non-zero event ID")
      }
    case .batchJob(let job)?:
      kind = "batch job"
      required = [("job ID", job.jobID)]
    case .nexusOperation(let operation)?:
      kind = "nexus operation"
      required = [
        ("namespace field", operation.namespace), ("operation ID field", operation.operationID),
        ("run ID field", operation.runID),
      ]
    case .activity(let activity)?:
      kind = "activity"
      required = [
        ("namespace field", activity.namespace), ("activity ID field", activity.activityID),
        ("run ID field", activity.runID),
      ]
    case .workflow(let workflow)?:
      kind = "workflow"
      required = [
        ("namespace field", workflow.namespace), ("workflow ID field", workflow.workflowID),
        ("run ID field", workflow.runID),
      ]
    default:
      throw .invalidArgument("unsupported link variant")
    }
    if let missing = required.first(where: { $0.value.isEmpty }) {
      throw .invalidArgument("\(kind) link must not have an empty \(missing.name)")
    }
  }
}

extension Message {
  /// How many bytes the message takes on the wire.
  var byteCount: Int { (try? serializedBytes() as [UInt8])?.count ?? 0 }
}
