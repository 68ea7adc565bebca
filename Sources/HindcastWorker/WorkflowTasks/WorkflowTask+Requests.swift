package import HindcastCore
private import HindcastHistory
private import SwiftProtobuf
package import TemporalAPI
package import TemporalServiceAPI

// What a worker sends to the server for each kind of answer.

extension WorkflowTask {
  /// The request that completes the task.
  ///
  /// - Parameter takesWork: Whether the response may bring the run's next task, and activities that the commands schedule.
  package func completed(
    with completion: WorkflowTaskCompletion, by worker: WorkerConfiguration, takesWork: Bool = false
  ) -> Temporal_Api_Workflowservice_V1_RespondWorkflowTaskCompletedRequest {
    .with {
      $0.taskToken = polled.taskToken
      $0.namespace = worker.namespace
      $0.identity = worker.identity
      $0.commands = completion.issued.map { takesWork ? $0.command : $0.command.withoutEagerExecution }
      $0.messages = completion.messages
      $0.queryResults = completion.queryResults
      $0.sdkMetadata = .with {
        $0.langUsedFlags = completion.flags
        // Said once a run, as the Go SDK does.
        if completion.recordedSDK != worker.sdk {
          $0.sdkName = worker.sdk.name
          $0.sdkVersion = worker.sdk.version
        }
      }
      $0.returnNewWorkflowTask = takesWork
      $0.forceCreateNewWorkflowTask = completion.isProlonged
      if completion.laterLocalAttempts > 0 {
        $0.meteringMetadata.nonfirstLocalActivityExecutionAttempts = completion.laterLocalAttempts
      }
      // The server may drop the task of a rejected update together with its events: `RunCache.rewind` goes back as well.
      $0.capabilities.discardSpeculativeWorkflowTaskWithEvents = true
      if let version = worker.versioning {
        $0.workerVersionStamp = version.stamp
        $0.deployment = version.deployment
        $0.deploymentOptions = version.deploymentOptions
        $0.versioningBehavior = version.defaultBehavior
      }
    }
  }

  /// The request that fails the task.
  package func failed(
    with problem: WorkflowTaskProblem, by worker: WorkerConfiguration
  ) -> Temporal_Api_Workflowservice_V1_RespondWorkflowTaskFailedRequest {
    .with {
      $0.taskToken = polled.taskToken
      $0.namespace = worker.namespace
      $0.identity = worker.identity
      $0.cause = problem.cause
      $0.failure = problem.failure
      if let version = worker.versioning {
        $0.workerVersion = version.stamp
        $0.deployment = version.deployment
        $0.deploymentOptions = version.deploymentOptions
      }
    }
  }

  /// The request that answers a task which was only a query.
  package func answered(
    _ answer: QueryAnswer, by worker: WorkerConfiguration,
    cause: Temporal_Api_Enums_V1_WorkflowTaskFailedCause = .unspecified
  ) -> Temporal_Api_Workflowservice_V1_RespondQueryTaskCompletedRequest {
    .with {
      $0.taskToken = polled.taskToken
      $0.namespace = worker.namespace
      $0.cause = cause
      switch answer {
      case .answered(let payloads):
        $0.completedType = .answered
        $0.queryResult = payloads
      case .failed(let message):
        $0.completedType = .failed
        $0.errorMessage = message
      }
    }
  }
}

extension Command {
  /// The command without the wish to get its activity in the response.
  fileprivate var withoutEagerExecution: Command {
    guard case .scheduleActivityTaskCommandAttributes(var activity)? = attributes, activity.requestEagerExecution else {
      return self
    }
    activity.requestEagerExecution = false
    var command = self
    command.scheduleActivityTaskCommandAttributes = activity
    return command
  }
}
