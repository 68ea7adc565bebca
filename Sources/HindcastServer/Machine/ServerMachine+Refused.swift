internal import HindcastCalls
internal import SwiftProtobuf

// Calls that the real server knows and refuses, whatever they ask for: what is deprecated there, or turned off unless somebody
// turns it on.

extension ServerMachine {
  static var refusedRoutes: [Route] {
    refusals.flatMap { refusal in
      refusal.methods.split(separator: " ").map { name in
        // Nobody reads the request.
        .prompt(
          ServiceMethod<Google_Protobuf_Empty, Google_Protobuf_Empty>(String(name), of: WorkflowService.name)
        ) {
          (_, _, _) throws(ServiceError) in
          throw ServiceError(refusal.code, refusal.message ?? "method \(name) not supported")
        }
      }
    }
  }

  private static let refusals: [(methods: String, code: ServiceError.Code, message: String?)] = [
    (
      "UpdateWorkerBuildIdCompatibility GetWorkerBuildIdCompatibility", .permissionDenied,
      "Worker versioning v0.1 (Version Set-based, deprecated) is disabled on this namespace."
    ),
    (
      "UpdateWorkerVersioningRules GetWorkerVersioningRules GetWorkerTaskReachability", .permissionDenied,
      "Worker versioning v0.2 (Rules-based, deprecated) is disabled on this namespace."
    ),
    (
      "DescribeDeployment ListDeployments GetDeploymentReachability GetCurrentDeployment SetCurrentDeployment",
      .unimplemented, "Deployments are deprecated and no longer supported, use Worker Deployments instead"
    ),
    (
      "CreateWorkflowRule DescribeWorkflowRule DeleteWorkflowRule ListWorkflowRules TriggerWorkflowRule",
      .unimplemented, nil
    ),
    ("FetchWorkerConfig", .unimplemented, "FetchWorkerConfig command is not enabled."),
    ("UpdateWorkerConfig", .unimplemented, "UpdateWorkerConfig command is not enabled."),
    (
      "StartNexusOperationExecution DescribeNexusOperationExecution PollNexusOperationExecution "
        + "ListNexusOperationExecutions CountNexusOperationExecutions RequestCancelNexusOperationExecution "
        + "TerminateNexusOperationExecution DeleteNexusOperationExecution",
      .unimplemented, "Standalone Nexus operation is disabled"
    ),
  ]
}
