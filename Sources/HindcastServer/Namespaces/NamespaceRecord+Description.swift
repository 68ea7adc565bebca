internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias NamespaceDescription = Temporal_Api_Workflowservice_V1_DescribeNamespaceResponse

extension NamespaceRecord {
  /// The namespaces that a new server has: `default`, its own, and others.
  static func initial(additional: [String], ids: inout IDSource) -> [NamespaceRecord] {
    var records = [NamespaceRecord(initial: "default", id: ids.uuid())]
    records.append(
      .with {
        $0.name = system
        // The same on every server.
        $0.id = "32049b68-7872-4094-8e63-d0dd59896a83"
        $0.description_p = "Temporal internal system namespace"
        $0.ownerEmail = "temporal-core@temporal.io"
        $0.retention = 7 * day
        $0.state = .registered
      })
    for name in additional where !records.contains(where: { $0.name == name }) {
      records.append(NamespaceRecord(initial: name, id: ids.uuid()))
    }
    return records
  }

  private init(initial name: String, id: String) {
    self = .with {
      $0.name = name
      $0.id = id
      $0.retention = Self.day
      $0.state = .registered
    }
  }

  /// The namespace that the server keeps for itself.
  static let system = "temporal-system"

  private static let day: Int64 = 86_400 * 1_000_000_000

  /// The namespace as DescribeNamespace and others show it (`server.md` 1.2).
  func description(_ limits: Limits) -> NamespaceDescription {
    .with {
      $0.namespaceInfo = .with {
        $0.name = name
        $0.id = id
        $0.state = state
        $0.description_p = self.description_p
        $0.ownerEmail = ownerEmail
        $0.data = data
        $0.supportsSchedules = true
        $0.capabilities = Self.capabilities
        $0.limits.blobSizeLimitError = Int64(limits.blobBytes)
        $0.limits.memoSizeLimitError = Int64(limits.memoBytes)
        $0.limits.workflowTaskCompletionSizeLimitError = 40 << 20
      }
      $0.config = .with {
        $0.workflowExecutionRetentionTtl = retention.protobufDuration
        $0.badBinaries = .init()
        $0.historyArchivalState = .disabled
        $0.visibilityArchivalState = .disabled
        $0.customSearchAttributeAliases = searchAttributeAliases
      }
      $0.replicationConfig = .with {
        $0.activeClusterName = "active"
        $0.clusters = [.with { $0.clusterName = "active" }]
        // Those that were there from the start have no state.
        if createdTime > 0 { $0.state = .normal }
      }
    }
  }

  /// What the server announces: only what it can do.
  private static var capabilities: Temporal_Api_Namespace_V1_NamespaceInfo.Capabilities {
    .with {
      $0.eagerWorkflowStart = true
      $0.syncUpdate = true
      $0.asyncUpdate = true
      $0.reportedProblemsSearchAttribute = true
      $0.workflowPause = ServerMachine.knows(MethodName(WorkflowService.pauseWorkflowExecution))
      $0.workerHeartbeats = ServerMachine.knows(MethodName(WorkflowService.recordWorkerHeartbeat))
      $0.standaloneActivities = ServerMachine.knows(MethodName(WorkflowService.startActivityExecution))
      $0.standaloneActivityStartDelay = $0.standaloneActivities
      $0.standaloneActivityOperatorCommands = ServerMachine.knows(
        MethodName(WorkflowService.pauseActivityExecution))
    }
  }
}
