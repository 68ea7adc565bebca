internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalServiceAPI

// What the server says of itself (`server.md` 1.2).

extension ServerMachine {
  static var systemRoutes: [Route] {
    [
      .prompt(WorkflowService.getSystemInfo) { (_, _, _) throws(ServiceError) in
        .with {
          $0.serverVersion = ServerMachine.version
          $0.capabilities = .with {
            $0.signalAndQueryHeader = true
            $0.internalErrorDifferentiation = true
            $0.activityFailureIncludeHeartbeat = true
            $0.supportsSchedules = true
            $0.encodedFailureAttributes = true
            $0.buildIDBasedVersioning = true
            $0.upsertMemo = true
            $0.eagerWorkflowStart = true
            $0.sdkMetadata = true
            $0.countGroupByExecutionStatus = true
            $0.nexus = true
            $0.serverScaledDeployments = true
          }
        }
      },
      .prompt(OperatorService.listClusters) { (_, _, _) throws(ServiceError) in
        .with {
          $0.clusters = [
            .with {
              $0.clusterName = "active"
              $0.clusterID = ServerMachine.clusterID
              $0.initialFailoverVersion = 1
              $0.historyShardCount = 1
              $0.isConnectionEnabled = true
            }
          ]
        }
      },
      .prompt(WorkflowService.getClusterInfo) { (_, _, _) throws(ServiceError) in
        .with {
          for client in [
            "temporal-cli", "temporal-go", "temporal-java", "temporal-php", "temporal-server",
            "temporal-typescript", "Nexus-go-sdk",
          ] {
            $0.supportedClients[client] = "<2.0.0"
          }
          $0.supportedClients["temporal-ui"] = "<3.0.0"
          $0.serverVersion = ServerMachine.version
          $0.clusterID = ServerMachine.clusterID
          $0.clusterName = "active"
          $0.historyShardCount = 1
          $0.persistenceStore = "sqlite"
          $0.visibilityStore = "sqlite"
          $0.initialFailoverVersion = 1
          $0.failoverVersionIncrement = 10
        }
      },
    ]
  }

  /// The release of the real server that this one does as.
  private static let version = "1.32.0"
  private static let clusterID = "45bea50c-cfa2-458c-b8ab-c8f8e3703bf4"
}
