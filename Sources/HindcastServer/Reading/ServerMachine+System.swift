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
          $0.serverVersion = "1.32.0"
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
      }
    ]
  }
}
