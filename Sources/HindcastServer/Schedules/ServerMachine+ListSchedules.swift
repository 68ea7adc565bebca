internal import Foundation
internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Lists and counts of schedules (`server.md` 14.3, 15).

extension ServerMachine {
  static var scheduleListRoutes: [Route] {
    [
      .prompt(WorkflowService.listSchedules) { (machine, request, _) throws(ServiceError) in
        try machine.listSchedules(request)
      },
      .prompt(WorkflowService.countSchedules) { (machine, request, _) throws(ServiceError) in
        let found = try machine.schedules(matching: request.query, in: request.namespace)
        return .with { $0.count = Int64(found.count) }
      },
    ]
  }

  /// The schedules that a query finds, the newest first.
  private func schedules(matching query: String, in namespace: String) throws(ServiceError) -> [ScheduleRecord] {
    let filter = try filter(query, in: namespace)
    for name in filter.condition?.attributes.map(\.alias) ?? []
    where SystemSearchAttributes.isReserved(name) && name != "TemporalSchedulePaused" {
      throw .invalidArgument("invalid query filter for schedules: cannot filter on \"\(name)\"")
    }
    return schedules.values.filter {
      $0.namespace == namespace && !$0.deleted && filter.condition?.matches($0) ?? true
    }.sorted {
      ($1.info.createTime.nanoseconds, $0.scheduleID) < ($0.info.createTime.nanoseconds, $1.scheduleID)
    }
  }

  private func listSchedules(
    _ request: Temporal_Api_Workflowservice_V1_ListSchedulesRequest
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ListSchedulesResponse {
    let found = try schedules(matching: request.query, in: request.namespace)
    var first = 0
    if !request.nextPageToken.isEmpty {
      let id = String(decoding: request.nextPageToken, as: UTF8.self)
      guard let last = found.firstIndex(where: { $0.scheduleID == id }) else {
        throw .invalidArgument("Invalid NextPageToken.")
      }
      first = last + 1
    }
    let size = Int(request.maximumPageSize)
    let page = found[first...].prefix(size > 0 ? min(size, limits.visibilityPageSize) : limits.visibilityPageSize)
    return .with {
      $0.schedules = page.map(\.listEntry)
      if first + page.count < found.count { $0.nextPageToken = Data((page.last?.scheduleID ?? "").utf8) }
    }
  }
}

extension ScheduleRecord: VisibilitySubject {
  func visibilityValue(of attribute: SearchAttribute) -> VisibilityValue? {
    switch attribute.name {
    case "WorkflowId": .text(scheduleID)
    case "TemporalSchedulePaused": .boolean(schedule.state.paused)
    default: searchAttributes.indexedFields[attribute.name]?.visibilityValue(of: attribute.type)
    }
  }

  /// Actions, past ones and future ones, that lists show.
  private static let listedActions = 5

  fileprivate var listEntry: Temporal_Api_Schedule_V1_ScheduleListEntry {
    .with {
      $0.scheduleID = scheduleID
      $0.memo = memo
      if !searchAttributes.indexedFields.isEmpty { $0.searchAttributes = searchAttributes }
      $0.info = .with {
        $0.spec = schedule.spec.filledIn
        $0.workflowType = schedule.action.startWorkflow.workflowType
        $0.notes = schedule.state.notes
        $0.paused = schedule.state.paused
        $0.recentActions = info.recentActions.suffix(Self.listedActions)
        $0.futureActionTimes = futureActions(Self.listedActions).map(\.timestamp)
      }
    }
  }
}
