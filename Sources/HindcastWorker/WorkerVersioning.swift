public import TemporalAPI

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
