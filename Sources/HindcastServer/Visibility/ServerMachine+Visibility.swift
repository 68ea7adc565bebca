internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Lists and counts of runs (`server.md` 14.3).

typealias WorkflowExecutionInfo = Temporal_Api_Workflow_V1_WorkflowExecutionInfo

extension ServerMachine {
  static var visibilityRoutes: [Route] {
    [
      .prompt(WorkflowService.listWorkflowExecutions) { (machine, request, _) throws(ServiceError) in
        let page = try machine.list(
          request.query, in: request.namespace, size: request.pageSize, after: request.nextPageToken)
        return .with {
          $0.executions = page.runs
          $0.nextPageToken = page.token
        }
      },
      .prompt(WorkflowService.scanWorkflowExecutions) { (machine, request, _) throws(ServiceError) in
        let page = try machine.list(
          request.query, in: request.namespace, size: request.pageSize, after: request.nextPageToken)
        return .with {
          $0.executions = page.runs
          $0.nextPageToken = page.token
        }
      },
      .prompt(WorkflowService.countWorkflowExecutions) { (machine, request, _) throws(ServiceError) in
        try machine.count(request)
      },
      .prompt(WorkflowService.listOpenWorkflowExecutions) { (machine, request, _) throws(ServiceError) in
        try machine.listOpen(request)
      },
      .prompt(WorkflowService.listClosedWorkflowExecutions) { (machine, request, _) throws(ServiceError) in
        try machine.listClosed(request)
      },
      .prompt(WorkflowService.listArchivedWorkflowExecutions) { (machine, request, _) throws(ServiceError) in
        try machine.checkNamespace(request.namespace)
        throw .invalidArgument("Cluster is not configured for visibility archival.")
      },
    ]
  }

  // MARK: Finding runs

  /// The runs of a namespace that a query finds, in no order.
  func runs(matching query: String, in namespace: String) throws(ServiceError) -> [Execution] {
    try runs(matching: filter(query, in: namespace), in: namespace)
  }

  /// Reads a query.
  ///
  /// - Throws: INVALID_ARGUMENT for one that may not be, NOT_FOUND for an unknown namespace.
  func filter(_ query: String, in namespace: String) throws(ServiceError) -> VisibilityFilter {
    try checkNamespace(namespace)
    do throws(QueryRefusal) {
      return try VisibilityFilter(query, in: namespaces[namespace])
    } catch {
      throw .invalidArgument("invalid query: \(error.message)")
    }
  }

  private func runs(matching filter: VisibilityFilter, in namespace: String) -> [Execution] {
    func isWanted(_ run: Execution) -> Bool {
      run.record.namespace == namespace && filter.condition?.matches(run) ?? true
    }
    guard let ids = filter.workflowIDs else { return executions.values.filter(isWanted) }
    return Set(ids).flatMap { runIDs[WorkflowKey(namespace: namespace, workflowID: $0)] ?? [] }
      .compactMap { executions[$0] }.filter(isWanted)
  }

  private func list(
    _ query: String, in namespace: String, size: Int32, after token: Data
  ) throws(ServiceError) -> (runs: [WorkflowExecutionInfo], token: Data) {
    let filter = try filter(query, in: namespace)
    let last = try VisibilityPosition.position(of: token)
    let size = size > 0 ? min(Int(size), limits.visibilityPageSize) : limits.visibilityPageSize
    var found = runs(matching: filter, in: namespace).map { (position: VisibilityPosition($0), run: $0) }
    if let last { found.removeAll { $0.position <= last } }
    found.sort { $0.position < $1.position }
    let page = found.prefix(size)
    // As in the real server a full page has a token, even if nothing is behind it.
    return (page.map(\.run.listEntry), page.count == size ? page.last?.position.token ?? Data() : Data())
  }

  // MARK: Counting

  private func count(
    _ request: Temporal_Api_Workflowservice_V1_CountWorkflowExecutionsRequest
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_CountWorkflowExecutionsResponse {
    let filter = try filter(request.query, in: request.namespace)
    let found = runs(matching: filter, in: request.namespace)
    return .with {
      $0.count = Int64(found.count)
      guard let attribute = filter.groupBy else { return }
      // No run of a workflow has a division.
      let groups = Dictionary(grouping: found) { attribute.name == "ExecutionStatus" ? $0.record.status : .unspecified }
      for (status, runs) in groups.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        $0.groups.append(
          .with {
            $0.groupValues = [
              Payload(searchAttribute: status == .unspecified ? "" : status.serverName, .keyword)
            ]
            $0.count = Int64(runs.count)
          })
      }
    }
  }

  // MARK: The older lists

  private func listOpen(
    _ request: Temporal_Api_Workflowservice_V1_ListOpenWorkflowExecutionsRequest
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ListOpenWorkflowExecutionsResponse {
    var query = ["ExecutionStatus = 'Running'"]
    query += try timeRange(request.startTimeFilter, of: "StartTime")
    switch request.filters {
    case .executionFilter(let filter)?: query.append("WorkflowId = \(filter.workflowID.quoted)")
    case .typeFilter(let filter)?: query.append("WorkflowType = \(filter.name.quoted)")
    case nil: break
    }
    let page = try list(
      query.joined(separator: " AND "), in: request.namespace, size: request.maximumPageSize,
      after: request.nextPageToken)
    return .with {
      $0.executions = page.runs
      $0.nextPageToken = page.token
    }
  }

  private func listClosed(
    _ request: Temporal_Api_Workflowservice_V1_ListClosedWorkflowExecutionsRequest
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ListClosedWorkflowExecutionsResponse {
    var query = ["ExecutionStatus != 'Running'"]
    query += try timeRange(request.startTimeFilter, of: "CloseTime")
    switch request.filters {
    case .executionFilter(let filter)?: query.append("WorkflowId = \(filter.workflowID.quoted)")
    case .typeFilter(let filter)?: query.append("WorkflowType = \(filter.name.quoted)")
    case .statusFilter(let filter)?:
      if filter.status == .unspecified || filter.status == .running {
        throw .invalidArgument("StatusFilter must be specified and must be not Running.")
      }
      query.append("ExecutionStatus = \(filter.status.rawValue)")
    case nil: break
    }
    let page = try list(
      query.joined(separator: " AND "), in: request.namespace, size: request.maximumPageSize,
      after: request.nextPageToken)
    return .with {
      $0.executions = page.runs
      $0.nextPageToken = page.token
    }
  }

  private func timeRange(
    _ filter: Temporal_Api_Filter_V1_StartTimeFilter, of attribute: String
  ) throws(ServiceError) -> [String] {
    var query: [String] = []
    if filter.hasEarliestTime { query.append("\(attribute) >= \(filter.earliestTime.nanoseconds)") }
    if filter.hasLatestTime { query.append("\(attribute) <= \(filter.latestTime.nanoseconds)") }
    if query.count == 2, filter.earliestTime.nanoseconds > filter.latestTime.nanoseconds {
      throw .invalidArgument("EarliestTime in StartTimeFilter should not be larger than LatestTime.")
    }
    return query
  }
}

extension String {
  /// As a value in a query.
  fileprivate var quoted: String {
    "\""
      + split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
      .split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
