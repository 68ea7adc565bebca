internal import TemporalAPI
internal import TemporalServiceAPI

/// The runs of a namespace, a page of them.
struct RunListView {
  struct Row {
    var status: String
    var workflowID: String
    var link: String
    var type: String
    var taskQueue: String
    var started: String
    var closed: String
    var events: String

    init(_ info: Temporal_Api_Workflow_V1_WorkflowExecutionInfo, in namespace: String) {
      status = info.status.word
      workflowID = info.execution.workflowID
      link = PageAddress.run(namespace, workflowID, info.execution.runID)
      type = info.type.name
      taskQueue = info.taskQueue
      started = info.hasStartTime ? info.startTime.text : ""
      closed = info.hasCloseTime ? info.closeTime.text : ""
      events = "\(info.historyLength)"
    }
  }

  var namespace: String
  var query: String
  /// What the service has against the query.
  var error: String?
  /// How many runs there are, in words.
  var count: String
  var rows: [Row] = []
  /// Where the next page is.
  var next: String?
}

extension Temporal_Api_Enums_V1_WorkflowExecutionStatus {
  /// `Running`, `Completed` …, as the CLI has it.
  var word: String {
    switch self {
    case .running: "Running"
    case .completed: "Completed"
    case .failed: "Failed"
    case .canceled: "Canceled"
    case .terminated: "Terminated"
    case .continuedAsNew: "ContinuedAsNew"
    case .timedOut: "TimedOut"
    case .paused: "Paused"
    case .unspecified, .UNRECOGNIZED: "Unknown"
    }
  }
}
