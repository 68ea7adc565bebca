private import SwiftProtobuf
public import TemporalAPI
package import TemporalServiceAPI

/// The deployment version that a worker belongs to: the server routes each run to workers of the version that it is on.
public struct WorkerVersioning: Sendable, Hashable {
  /// The deployment: what the versions are versions of.
  public var deploymentName: String
  /// The version within the deployment.
  public var buildID: String
  /// What happens to a run when another version becomes the current one; the server refuses completed tasks that do not
  /// say.
  public var defaultBehavior: Temporal_Api_Enums_V1_VersioningBehavior

  /// Makes a version.
  public init(
    deploymentName: String, buildID: String,
    defaultBehavior: Temporal_Api_Enums_V1_VersioningBehavior = .unspecified
  ) {
    self.deploymentName = deploymentName
    self.buildID = buildID
    self.defaultBehavior = defaultBehavior
  }
}

// What polls and answers say of the version. Servers that know deployments read only the last of these; sdk-go sends them all.

extension WorkerVersioning {
  /// What a poll says to servers of before deployments.
  package var capabilities: Temporal_Api_Common_V1_WorkerVersionCapabilities {
    .with {
      $0.buildID = buildID
      $0.useVersioning = true
      $0.deploymentSeriesName = deploymentName
    }
  }

  /// What an answer says to servers of before deployments.
  package var stamp: Temporal_Api_Common_V1_WorkerVersionStamp {
    .with {
      $0.buildID = buildID
      $0.useVersioning = true
    }
  }

  /// What an answer said while deployments were being tried out.
  package var deployment: Temporal_Api_Deployment_V1_Deployment {
    .with {
      $0.buildID = buildID
      $0.seriesName = deploymentName
    }
  }

  /// What polls and answers say.
  package var deploymentOptions: Temporal_Api_Deployment_V1_WorkerDeploymentOptions {
    .with {
      $0.deploymentName = deploymentName
      $0.buildID = buildID
      $0.workerVersioningMode = .versioned
    }
  }
}
