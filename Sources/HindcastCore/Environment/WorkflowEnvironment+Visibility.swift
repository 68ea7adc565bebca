import SwiftProtobuf
public import TemporalAPI

extension WorkflowEnvironment {
  /// Changes search attributes; the run's own view changes at once.
  public func upsertSearchAttributes(
    _ attributes: [String: Temporal_Api_Common_V1_Payload]
  ) throws(TaskFailure) {
    let id = String(try ledger.nextID())
    info.searchAttributes.merge(attributes) { $1 }
    let issued = issue(.upsertWorkflowSearchAttributes) {
      $0.upsertWorkflowSearchAttributesCommandAttributes.searchAttributes.indexedFields = attributes
    }
    try ledger.add(CommandMachine(.upsertSearchAttributes, id: id, issued: issued))
  }

  /// Changes the memo; the run's own view changes at once.
  public func upsertMemo(_ fields: [String: Temporal_Api_Common_V1_Payload]) throws(TaskFailure) {
    let id = String(try ledger.nextID())
    info.memo.merge(fields) { $1 }
    let issued = issue(.modifyWorkflowProperties) {
      $0.modifyWorkflowPropertiesCommandAttributes.upsertedMemo.fields = fields
    }
    try ledger.add(CommandMachine(.modifyProperties, id: id, issued: issued))
  }
}
