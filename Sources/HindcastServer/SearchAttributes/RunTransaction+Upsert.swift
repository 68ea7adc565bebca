internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

// Commands that change a run's search attributes and memo (`server.md` 4). What is too large in all ends the run (17).

extension RunTransaction {
  mutating func upsertSearchAttributes(
    _ attributes: Temporal_Api_Command_V1_UpsertWorkflowSearchAttributesCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    let typed = try typed(attributes.searchAttributes, context)
    guard attributes.hasSearchAttributes else {
      throw CommandRefusal(
        .badSearchAttributes, "SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.")
    }
    if typed.indexedFields.isEmpty {
      throw CommandRefusal(.badSearchAttributes, "IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.")
    }
    if typed.indexedFields.dataBytes > limits.blobBytes {
      throw CommandRefusal(
        .badSearchAttributes, "UpsertWorkflowSearchAttributesCommandAttributes exceeds size limit.",
        terminatesRun: true)
    }
    var merged = record.searchAttributes
    merged.indexedFields.merge(typed.indexedFields) { $1 }
    merged.indexedFields = merged.indexedFields.filter { !$0.value.isNull }
    if let fault = merged.sizeFault(limits) {
      throw CommandRefusal(.badSearchAttributes, fault, terminatesRun: true)
    }
    write(
      .upsertWorkflowSearchAttributesEventAttributes(
        .with {
          $0.workflowTaskCompletedEventID = context.completedEventID
          $0.searchAttributes = typed
        }), userMetadata: metadata)
  }

  mutating func modifyProperties(
    _ attributes: Temporal_Api_Command_V1_ModifyWorkflowPropertiesCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    guard attributes.hasUpsertedMemo else {
      throw CommandRefusal(
        .badModifyWorkflowPropertiesAttributes, "UpsertedMemo is not set on ModifyWorkflowPropertiesCommand.")
    }
    if attributes.upsertedMemo.fields.isEmpty {
      throw CommandRefusal(
        .badModifyWorkflowPropertiesAttributes, "UpsertedMemo.Fields is not set on ModifyWorkflowPropertiesCommand.")
    }
    if attributes.upsertedMemo.fields.dataBytes > limits.blobBytes {
      throw CommandRefusal(
        .badModifyWorkflowPropertiesAttributes, "ModifyWorkflowPropertiesCommandAttributes exceeds size limit.",
        terminatesRun: true)
    }
    var merged = record.memo
    merged.fields.merge(attributes.upsertedMemo.fields) { $1 }
    merged.fields = merged.fields.filter { !$0.value.isNull }
    if merged.byteCount > limits.memoBytes {
      throw CommandRefusal(
        .badModifyWorkflowPropertiesAttributes,
        "ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit.", terminatesRun: true)
    }
    write(
      .workflowPropertiesModifiedEventAttributes(
        .with {
          $0.workflowTaskCompletedEventID = context.completedEventID
          $0.upsertedMemo = attributes.upsertedMemo
        }), userMetadata: metadata)
  }

  /// Search attributes of a command as events show them.
  ///
  /// - Parameter complaint: What the command says of a fault in them; not of unknown names, which are found before.
  /// - Throws: BAD_SEARCH_ATTRIBUTES for what may not be.
  func typed(
    _ attributes: SearchAttributes, _ context: CommandContext, complaint: (String) -> String = { $0 }
  ) throws(CommandRefusal) -> SearchAttributes {
    let registered = context.namespace?.searchAttributes ?? [:]
    do throws(ServiceError) {
      try attributes.checkKnown(registered, of: record.namespace)
    } catch {
      throw CommandRefusal(.badSearchAttributes, error.message)
    }
    do throws(ServiceError) {
      return try attributes.typed(registered, of: record.namespace, limits)
    } catch {
      throw CommandRefusal(.badSearchAttributes, complaint(error.message))
    }
  }
}
