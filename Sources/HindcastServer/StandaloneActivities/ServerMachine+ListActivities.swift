internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias ListActivitiesRequest = Temporal_Api_Workflowservice_V1_ListActivityExecutionsRequest
typealias ListActivitiesResponse = Temporal_Api_Workflowservice_V1_ListActivityExecutionsResponse
typealias CountActivitiesRequest = Temporal_Api_Workflowservice_V1_CountActivityExecutionsRequest
typealias CountActivitiesResponse = Temporal_Api_Workflowservice_V1_CountActivityExecutionsResponse

// Lists of activities without a workflow (`server.md` 15).

extension ServerMachine {
  func listActivities(_ request: ListActivitiesRequest) throws(ServiceError) -> ListActivitiesResponse {
    let found = try activities(matching: activityFilter(request.query, in: request.namespace), in: request.namespace)
    let last = try VisibilityPosition.position(of: request.nextPageToken)
    let size = request.pageSize > 0 ? min(Int(request.pageSize), limits.visibilityPageSize) : limits.visibilityPageSize
    let rest = found.map { (position: VisibilityPosition($0.view), activity: $0) }
      .filter { entry in last.map { entry.position > $0 } ?? true }
      .sorted { $0.position < $1.position }
    let page = rest.prefix(size)
    return .with {
      $0.executions = page.map(\.activity.listInfo)
      if page.count == size, let last = page.last { $0.nextPageToken = last.position.token }
    }
  }

  func countActivities(_ request: CountActivitiesRequest) throws(ServiceError) -> CountActivitiesResponse {
    let filter = try activityFilter(request.query, in: request.namespace)
    let found = activities(matching: filter, in: request.namespace)
    return .with {
      $0.count = Int64(found.count)
      guard let attribute = filter.groupBy else { return }
      let groups = Dictionary(grouping: found) {
        attribute.name == "ExecutionStatus" ? $0.shownStatus.serverName : StandaloneActivityRecord.division
      }
      $0.groups = groups.sorted { $0.key < $1.key }.map { name, activities in
        .with {
          $0.groupValues = [Payload(searchAttribute: name, .keyword)]
          $0.count = Int64(activities.count)
        }
      }
    }
  }

  private func activityFilter(_ query: String, in namespace: String) throws(ServiceError) -> VisibilityFilter {
    try checkNamespace(namespace)
    var attributes = namespaces[namespace]
    // What only activities have.
    for name in ["ActivityId", "ActivityType"] {
      attributes?.searchAttributes[name] = Int32(IndexedValueType.keyword.rawValue)
    }
    do throws(QueryRefusal) {
      return try VisibilityFilter(query, in: attributes)
    } catch {
      throw .invalidArgument("invalid query: \(error.message)")
    }
  }

  private func activities(matching filter: VisibilityFilter, in namespace: String) -> [StandaloneActivityRecord] {
    standaloneActivities.values.filter {
      $0.namespace == namespace && filter.condition?.matches($0.view) ?? true
    }
  }
}

extension StandaloneActivityRecord {
  /// What tells activities from workflows in lists.
  fileprivate static let division = "3332429922"

  /// The activity as queries see it: as a run of a workflow with two attributes more.
  fileprivate var view: Execution {
    var view = Execution(record: ExecutionRecord())
    view.record.namespace = namespace
    view.record.workflowID = activityID
    view.record.runID = runID
    view.record.started.workflowType.name = start.activityType.name
    view.record.started.taskQueue.name = activity.taskQueueName
    view.record.startTime = startTime
    view.record.closeTime = closeTime
    view.record.stateTransitionCount = stateTransitionCount
    view.record.status =
      switch shownStatus {
      case .running: .running
      case .paused: .paused
      case .completed: .completed
      case .failed: .failed
      case .canceled: .canceled
      case .terminated: .terminated
      case .timedOut: .timedOut
      default: .unspecified
      }
    view.record.searchAttributes = listAttributes
    view.record.searchAttributes.indexedFields["ActivityId"] = Payload(searchAttribute: activityID, .keyword)
    view.record.searchAttributes.indexedFields["ActivityType"] = Payload(
      searchAttribute: start.activityType.name, .keyword)
    return view
  }

  private var listAttributes: SearchAttributes {
    var attributes = start.searchAttributes
    attributes.indexedFields["TemporalNamespaceDivision"] = Payload(searchAttribute: Self.division, .keyword)
    return attributes
  }

  fileprivate var listInfo: Temporal_Api_Activity_V1_ActivityExecutionListInfo {
    .with {
      $0.activityID = activityID
      $0.runID = runID
      $0.activityType = start.activityType
      $0.scheduleTime = startTime.timestamp
      $0.executionTime = executionTime.timestamp
      $0.status = shownStatus
      $0.taskQueue = activity.taskQueueName
      $0.searchAttributes = listAttributes
      if !isRunning {
        $0.closeTime = closeTime.timestamp
        $0.executionDuration = (closeTime - startTime).protobufDuration
        $0.stateTransitionCount = stateTransitionCount
      }
    }
  }
}
