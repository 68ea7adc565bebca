internal import HindcastCalls
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Calls that work tasks and move the clock take turns: a test may make several at the same time.

extension TestEnvironment {
  /// Runs something that works tasks, when no other call does.
  func exclusively<Value>(_ body: () async throws -> Value) async throws -> Value {
    // The environment waits for the mock, and would wait for itself.
    if MockScope.environment == ObjectIdentifier(self) { throw TestEnvironmentError.calledFromMock }
    if isDriven {
      await withCheckedContinuation { turns.append($0) }
    } else {
      isDriven = true
    }
    // Whoever is next takes over without a gap, so that the order in which they came is kept.
    defer {
      if turns.isEmpty {
        isDriven = false
      } else {
        turns.removeFirst().resume()
      }
    }
    return try await body()
  }

  /// The error of a workflow that goes on and on.
  func endless(_ workflowID: String) async -> TestEnvironmentError {
    // What it is doing only helps: the error stands without.
    let response = try? await service.call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = options.namespace
        $0.execution.workflowID = workflowID
      })
    let doing = (response?.pendingActivities ?? []).filter { $0.attempt > 1 }.map {
      "activity \($0.activityType.name) (id \($0.activityID)) is at attempt \($0.attempt), it failed last with: "
        + $0.lastFailure.chain
    }
    return .tooManyTasks(workflowID: workflowID, limit: options.maximumTasks, doing: doing)
  }
}

/// Tells code that a mock runs from code of the test.
enum MockScope {
  /// The environment whose mock runs.
  @TaskLocal static var environment: ObjectIdentifier?
}
