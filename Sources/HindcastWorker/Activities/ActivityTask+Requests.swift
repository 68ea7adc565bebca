package import HindcastHistory
private import SwiftProtobuf
package import TemporalServiceAPI

// What a worker sends to the server for each kind of answer, and meanwhile.

extension ActivityTask {
  /// The request that tells that the activity is alive.
  package func heartbeat(
    _ details: Payloads?, by worker: WorkerConfiguration
  ) -> Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatRequest {
    .with {
      $0.taskToken = polled.taskToken
      $0.namespace = worker.namespace
      $0.identity = worker.identity
      if let details { $0.details = details }
    }
  }

  /// The request that completes the task.
  package func completed(
    with result: Payloads?, by worker: WorkerConfiguration
  ) -> Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedRequest {
    .with {
      $0.taskToken = polled.taskToken
      $0.namespace = worker.namespace
      $0.identity = worker.identity
      if let result { $0.result = result }
      if let version = worker.versioning {
        $0.workerVersion = version.stamp
        $0.deployment = version.deployment
        $0.deploymentOptions = version.deploymentOptions
      }
    }
  }

  /// The request that tells that the activity stopped because it was asked to.
  package func canceled(
    with details: Payloads?, by worker: WorkerConfiguration
  ) -> Temporal_Api_Workflowservice_V1_RespondActivityTaskCanceledRequest {
    .with {
      $0.taskToken = polled.taskToken
      $0.namespace = worker.namespace
      $0.identity = worker.identity
      if let details { $0.details = details }
      if let version = worker.versioning {
        $0.workerVersion = version.stamp
        $0.deployment = version.deployment
        $0.deploymentOptions = version.deploymentOptions
      }
    }
  }

  /// The request that fails the task.
  ///
  /// - Parameter unsentDetails: What the activity reported last and no heartbeat has told the server.
  package func failed(
    with failure: Failure, unsentDetails: Payloads? = nil, by worker: WorkerConfiguration
  ) -> Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedRequest {
    .with {
      $0.taskToken = polled.taskToken
      $0.namespace = worker.namespace
      $0.identity = worker.identity
      $0.failure = failure
      if let unsentDetails { $0.lastHeartbeatDetails = unsentDetails }
      if let version = worker.versioning {
        $0.workerVersion = version.stamp
        $0.deployment = version.deployment
        $0.deploymentOptions = version.deploymentOptions
      }
    }
  }
}
