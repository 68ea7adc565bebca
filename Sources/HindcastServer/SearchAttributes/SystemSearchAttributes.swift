internal import TemporalAPI
internal import TemporalServiceAPI

typealias SearchAttributes = Temporal_Api_Common_V1_SearchAttributes
typealias IndexedValueType = Temporal_Api_Enums_V1_IndexedValueType

/// The search attributes that every namespace has.
enum SystemSearchAttributes {
  /// Fields of every run, which nobody can set.
  static let fields: [String: IndexedValueType] = [
    "WorkflowId": .keyword, "RunId": .keyword, "WorkflowType": .keyword, "StartTime": .datetime,
    "ExecutionTime": .datetime, "CloseTime": .datetime, "ExecutionStatus": .keyword, "TaskQueue": .keyword,
    "HistoryLength": .int, "ExecutionDuration": .int, "StateTransitionCount": .int, "HistorySizeBytes": .int,
    "ParentWorkflowId": .keyword, "ParentRunId": .keyword, "RootWorkflowId": .keyword, "RootRunId": .keyword,
  ]

  /// Attributes that the server sets, and that workflows may set as well.
  static let settable: [String: IndexedValueType] = [
    "TemporalChangeVersion": .keywordList, "BinaryChecksums": .keywordList, "BuildIds": .keywordList,
    "BatcherNamespace": .keyword, "BatcherUser": .keyword, "TemporalScheduledStartTime": .datetime,
    "TemporalScheduledById": .keyword, "TemporalSchedulePaused": .bool, "TemporalNamespaceDivision": .keyword,
    "TemporalPauseInfo": .keywordList, "TemporalReportedProblems": .keywordList,
  ]

  /// Attributes that only the server sets.
  static let kept: [String: IndexedValueType] = [
    "TemporalWorkerDeploymentVersion": .keyword, "TemporalWorkflowVersioningBehavior": .keyword,
    "TemporalWorkerDeployment": .keyword, "TemporalUsedWorkerDeploymentVersions": .keywordList,
    "TemporalExternalPayloadCount": .int, "TemporalExternalPayloadSizeBytes": .int,
  ]

  /// The type of an attribute that every namespace has.
  static func type(of name: String) -> IndexedValueType? { fields[name] ?? settable[name] ?? kept[name] }
}
