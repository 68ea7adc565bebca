internal import FoundationEssentials
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI

// What the search attribute TemporalReportedProblems says of workflow tasks that fail again and again (`server.md` 3.4).

extension WorkflowTaskFailedCause {
  var problems: [String] { ["category=WorkflowTaskFailed", "cause=WorkflowTaskFailedCause\(serverName)"] }

  /// `BadStartTimerAttributes`: as of any value, but `Id` at the end is spelled so.
  var serverName: String {
    let name = "\(self)"
    let text = name.prefix(1).uppercased() + name.dropFirst()
    return text.hasSuffix("ID") ? text.dropLast(2) + "Id" : text
  }
}

extension Temporal_Api_Enums_V1_TimeoutType {
  var problems: [String] { ["category=WorkflowTaskTimedOut", "cause=WorkflowTaskTimedOutCause\(serverName)"] }
}
