internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// Names a version of a worker deployment.
struct VersionKey: Hashable, Comparable, Sendable {
  var deployment: String
  var buildID: String

  static func < (left: Self, right: Self) -> Bool {
    (left.deployment, left.buildID) < (right.deployment, right.buildID)
  }
}

extension VersionKey {
  init?(_ message: Temporal_Api_Deployment_V1_WorkerDeploymentVersion) {
    if message.buildID.isEmpty { return nil }
    self.init(deployment: message.deploymentName, buildID: message.buildID)
  }

  /// The version of a worker; `nil` for a worker that uses none.
  init?(_ options: Temporal_Api_Deployment_V1_WorkerDeploymentOptions?) {
    guard let options, options.workerVersioningMode == .versioned, !options.buildID.isEmpty else { return nil }
    self.init(deployment: options.deploymentName, buildID: options.buildID)
  }

  /// Reads the form of old fields: `deployment.build`, with the deployment's name up to the first dot.
  init?(text: String) {
    guard let dot = text.firstIndex(of: ".") else { return nil }
    self.init(deployment: String(text[..<dot]), buildID: String(text[text.index(after: dot)...]))
  }

  /// As old fields have it: `deployment.build`.
  var text: String { "\(deployment).\(buildID)" }

  /// As search attributes have it.
  var searchAttributeText: String { "\(deployment):\(buildID)" }

  var message: Temporal_Api_Deployment_V1_WorkerDeploymentVersion {
    .with {
      $0.deploymentName = deployment
      $0.buildID = buildID
    }
  }
}
