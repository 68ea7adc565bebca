internal import Foundation
internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Namespaces (`server.md` 1.3).

extension ServerMachine {
  static var namespaceRoutes: [Route] {
    [
      .prompt(WorkflowService.describeNamespace) { (machine, request, _) throws(ServiceError) in
        try machine.namespace(named: request.namespace, or: request.id).description(machine.limits)
      },
      .prompt(WorkflowService.listNamespaces) { (machine, request, _) throws(ServiceError) in
        machine.listNamespaces(request)
      },
      .prompt(WorkflowService.registerNamespace) { (machine, request, turn) throws(ServiceError) in
        try machine.registerNamespace(request, &turn)
      },
      .prompt(WorkflowService.updateNamespace) { (machine, request, turn) throws(ServiceError) in
        try machine.updateNamespace(request, &turn)
      },
      .prompt(WorkflowService.deprecateNamespace) { (machine, request, turn) throws(ServiceError) in
        var record = try machine.namespace(named: request.namespace, or: "")
        record.state = .deprecated
        machine.save(record, &turn)
        return .init()
      },
      .prompt(OperatorService.deleteNamespace) { (machine, request, turn) throws(ServiceError) in
        try machine.deleteNamespace(request, &turn)
      },
    ]
  }

  /// The namespace that a request means.
  ///
  /// - Throws: INVALID_ARGUMENT for a request that names none, NOT_FOUND for an unknown one.
  private func namespace(named name: String, or id: String) throws(ServiceError) -> NamespaceRecord {
    if name.isEmpty, id.isEmpty { throw .invalidArgument("Namespace not set on request.") }
    if !name.isEmpty {
      guard let record = namespaces[name] else { throw .namespaceNotFound(name) }
      return record
    }
    guard let record = namespaces.values.first(where: { $0.id == id }) else { throw .namespaceNotFound(id) }
    return record
  }

  /// Takes a new or changed namespace over.
  mutating func save(_ record: NamespaceRecord, _ turn: inout Turn) {
    namespaces[record.name] = record
    turn.save(.namespace, owner: "", key: record.name, record)
  }

  private func listNamespaces(
    _ request: Temporal_Api_Workflowservice_V1_ListNamespacesRequest
  ) -> Temporal_Api_Workflowservice_V1_ListNamespacesResponse {
    let last = String(decoding: request.nextPageToken, as: UTF8.self)
    let size = request.pageSize > 0 ? Int(request.pageSize) : 100
    let rest = namespaces.values.filter { $0.name > last }.sorted { $0.name < $1.name }
    let page = rest.prefix(size)
    return .with {
      $0.namespaces = page.map { $0.description(limits) }
      if rest.count > page.count { $0.nextPageToken = Data((page.last?.name ?? "").utf8) }
    }
  }

  // MARK: Changes

  /// How long closed runs must at least be kept.
  private static let shortestRetention: Int64 = 3_600 * 1_000_000_000

  private func checkRetention(_ retention: Int64) throws(ServiceError) {
    if retention < Self.shortestRetention {
      throw .invalidArgument("A valid retention period is not set on request.")
    }
  }

  private mutating func registerNamespace(
    _ request: Temporal_Api_Workflowservice_V1_RegisterNamespaceRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_RegisterNamespaceResponse {
    let name = request.namespace
    if name.isEmpty { throw .invalidArgument("Namespace not set on request.") }
    try checkLength(name, of: "Namespace")
    if request.isGlobalNamespace { throw .invalidArgument("Cannot register global namespace when not enabled") }
    let retention = request.workflowExecutionRetentionPeriod.nanoseconds
    try checkRetention(retention)
    if namespaces[name] != nil {
      throw ServiceError(
        .alreadyExists, "Namespace \"\(name)\" already exists",
        detail: Temporal_Api_Errordetails_V1_NamespaceAlreadyExistsFailure())
    }
    save(
      .with {
        $0.name = name
        $0.id = ids.uuid()
        $0.description_p = request.description_p
        $0.ownerEmail = request.ownerEmail
        $0.data = request.data
        $0.retention = retention
        $0.state = .registered
        $0.createdTime = turn.now.nanoseconds
      }, &turn)
    return .init()
  }

  private mutating func updateNamespace(
    _ request: Temporal_Api_Workflowservice_V1_UpdateNamespaceRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_UpdateNamespaceResponse {
    var record = try namespace(named: request.namespace, or: "")
    if request.hasUpdateInfo {
      let info = request.updateInfo
      if !info.description_p.isEmpty { record.description_p = info.description_p }
      if !info.ownerEmail.isEmpty { record.ownerEmail = info.ownerEmail }
      record.data.merge(info.data) { _, new in new }
      if info.state != .unspecified { record.state = info.state }
    }
    if request.hasConfig, request.config.hasWorkflowExecutionRetentionTtl {
      let retention = request.config.workflowExecutionRetentionTtl.nanoseconds
      try checkRetention(retention)
      record.retention = retention
    }
    save(record, &turn)
    let description = record.description(limits)
    return .with {
      $0.namespaceInfo = description.namespaceInfo
      $0.config = description.config
      $0.replicationConfig = description.replicationConfig
    }
  }

  /// The namespace is gone at once, with all that is in it; the answer names what the real server calls it while it deletes.
  private mutating func deleteNamespace(
    _ request: Temporal_Api_Operatorservice_V1_DeleteNamespaceRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Operatorservice_V1_DeleteNamespaceResponse {
    if !request.namespace.isEmpty, !request.namespaceID.isEmpty {
      throw .invalidArgument("Only one of namespace name or Id should be set on request.")
    }
    let record = try namespace(named: request.namespace, or: request.namespaceID)
    if record.name == NamespaceRecord.system { throw .failedPrecondition("unable to delete system namespace") }
    for runID in executions.filter({ $0.value.record.namespace == record.name }).keys.sorted() {
      forget(runID, &turn)
    }
    for schedule in schedules.values.filter({ $0.namespace == record.name }).sorted(by: { $0.key < $1.key }) {
      schedules[schedule.key] = nil
      dueTimes.set(nil, for: schedule.key)
      turn.save(.schedule, owner: schedule.namespace, key: schedule.scheduleID, nil)
    }
    for batch in batches.values.filter({ $0.namespace == record.name }).sorted(by: { $0.key < $1.key }) {
      batches[batch.key] = nil
      dueTimes.set(nil, for: batch.key)
      turn.save(.batch, owner: batch.namespace, key: batch.jobID, nil)
    }
    for activity in standaloneActivities.values.filter({ $0.namespace == record.name })
      .sorted(by: { $0.runID < $1.runID })
    {
      removeStandalone(activity, &turn)
      refuseActivityWaiters(of: activity, &turn)
    }
    for deployment in deployments.all(in: record.name) {
      deployments.remove(DeploymentKey(namespace: deployment.namespace, name: deployment.name))
      turn.save(.deployment, owner: deployment.namespace, key: deployment.name, nil)
    }
    removeQueues(of: record.name, &turn)
    namespaces[record.name] = nil
    turn.save(.namespace, owner: "", key: record.name, nil)
    return .with { $0.deletedNamespace = "\(record.name)-deleted-\(record.id.prefix(5))" }
  }
}
