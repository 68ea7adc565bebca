private import SwiftProtobuf
public import TemporalServiceAPI

/// Worker deployments and Nexus tasks.
extension WorkflowService {
  /// Tells a deployment's versions and routing.
  public static let describeWorkerDeployment = method(
    "DescribeWorkerDeployment", Temporal_Api_Workflowservice_V1_DescribeWorkerDeploymentRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeWorkerDeploymentResponse.self)

  /// Tells a deployment version's state and queues.
  public static let describeWorkerDeploymentVersion = method(
    "DescribeWorkerDeploymentVersion", Temporal_Api_Workflowservice_V1_DescribeWorkerDeploymentVersionRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeWorkerDeploymentVersionResponse.self)

  /// Lists worker deployments.
  public static let listWorkerDeployments = method(
    "ListWorkerDeployments", Temporal_Api_Workflowservice_V1_ListWorkerDeploymentsRequest.self,
    Temporal_Api_Workflowservice_V1_ListWorkerDeploymentsResponse.self)

  /// Makes a version the one that new runs go to.
  public static let setWorkerDeploymentCurrentVersion = method(
    "SetWorkerDeploymentCurrentVersion", Temporal_Api_Workflowservice_V1_SetWorkerDeploymentCurrentVersionRequest.self,
    Temporal_Api_Workflowservice_V1_SetWorkerDeploymentCurrentVersionResponse.self)

  /// Lets a share of new runs go to a version.
  public static let setWorkerDeploymentRampingVersion = method(
    "SetWorkerDeploymentRampingVersion", Temporal_Api_Workflowservice_V1_SetWorkerDeploymentRampingVersionRequest.self,
    Temporal_Api_Workflowservice_V1_SetWorkerDeploymentRampingVersionResponse.self)

  /// Deletes a deployment without versions.
  public static let deleteWorkerDeployment = method(
    "DeleteWorkerDeployment", Temporal_Api_Workflowservice_V1_DeleteWorkerDeploymentRequest.self,
    Temporal_Api_Workflowservice_V1_DeleteWorkerDeploymentResponse.self)

  /// Deletes a version that nothing uses.
  public static let deleteWorkerDeploymentVersion = method(
    "DeleteWorkerDeploymentVersion", Temporal_Api_Workflowservice_V1_DeleteWorkerDeploymentVersionRequest.self,
    Temporal_Api_Workflowservice_V1_DeleteWorkerDeploymentVersionResponse.self)

  /// Changes a version's metadata.
  public static let updateWorkerDeploymentVersionMetadata = method(
    "UpdateWorkerDeploymentVersionMetadata",
    Temporal_Api_Workflowservice_V1_UpdateWorkerDeploymentVersionMetadataRequest.self,
    Temporal_Api_Workflowservice_V1_UpdateWorkerDeploymentVersionMetadataResponse.self)

  /// Says who may change a deployment.
  public static let setWorkerDeploymentManager = method(
    "SetWorkerDeploymentManager", Temporal_Api_Workflowservice_V1_SetWorkerDeploymentManagerRequest.self,
    Temporal_Api_Workflowservice_V1_SetWorkerDeploymentManagerResponse.self)

  /// Waits for a Nexus task.
  public static let pollNexusTaskQueue = method(
    "PollNexusTaskQueue", Temporal_Api_Workflowservice_V1_PollNexusTaskQueueRequest.self,
    Temporal_Api_Workflowservice_V1_PollNexusTaskQueueResponse.self, patience: .longPoll)

  /// Answers a Nexus task with a result.
  public static let respondNexusTaskCompleted = method(
    "RespondNexusTaskCompleted", Temporal_Api_Workflowservice_V1_RespondNexusTaskCompletedRequest.self,
    Temporal_Api_Workflowservice_V1_RespondNexusTaskCompletedResponse.self)

  /// Answers a Nexus task with a failure.
  public static let respondNexusTaskFailed = method(
    "RespondNexusTaskFailed", Temporal_Api_Workflowservice_V1_RespondNexusTaskFailedRequest.self,
    Temporal_Api_Workflowservice_V1_RespondNexusTaskFailedResponse.self)
}
