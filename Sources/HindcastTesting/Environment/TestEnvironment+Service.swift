internal import Foundation
public import HindcastCalls
internal import HindcastHistory
internal import HindcastServer
internal import HindcastService
public import SwiftProtobuf
internal import TemporalAPI
public import TemporalServiceAPI

// The server of the environment, for whatever has no method of its own: schedules, batch operations, task queues …

extension TestEnvironment {
  /// Makes any call of the Temporal API. A call that waits for something works tasks and skips time until it is answered.
  ///
  /// ```swift
  /// _ = try await environment.call(WorkflowService.createSchedule, .with { … })
  /// try await environment.advance(by: .seconds(86_400))
  /// ```
  ///
  /// - Parameters:
  ///   - method: The call; `HindcastCalls` has them all.
  ///   - request: What is asked. Its `namespace` must be told: ``TestEnvironmentOptions/namespace``.
  /// - Throws: ``TestEnvironmentError/refused(_:)`` with the server's own error.
  public func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request
  ) async throws -> Response {
    guard let response = try await beside(method, request) else {
      throw TestEnvironmentError.refused(
        ServiceError(.deadlineExceeded, "nothing that could come would answer it", method: method.name))
    }
    return response
  }

  /// The workflow runs that there are, children and closed ones too, newest first.
  ///
  /// - Parameter query: Which of them, in the language of visibility filters: `WorkflowType = 'Order'`; all unless told.
  public func workflows(
    matching query: String = ""
  ) async throws -> [Temporal_Api_Workflow_V1_WorkflowExecutionInfo] {
    var runs: [Temporal_Api_Workflow_V1_WorkflowExecutionInfo] = []
    var token = Data()
    repeat {
      let page = try await call(
        WorkflowService.listWorkflowExecutions,
        .with {
          $0.namespace = options.namespace
          $0.query = query
          $0.nextPageToken = token
        })
      runs += page.executions
      token = page.nextPageToken
    } while !token.isEmpty
    return runs
  }

  /// Makes search attributes known that Temporal does not have of itself.
  ///
  /// ```swift
  /// try await environment.addSearchAttributes(["Customer": .keyword])
  /// ```
  public func addSearchAttributes(_ types: [String: Temporal_Api_Enums_V1_IndexedValueType]) async throws {
    _ = try await call(
      OperatorService.addSearchAttributes,
      .with {
        $0.namespace = options.namespace
        $0.searchAttributes = types
      })
  }

  /// Ends a workflow's run and begins a new one that knows its history up to a completed workflow task.
  func reset(_ workflowID: String, to eventID: Int64, reason: String) async throws -> TestRun {
    let requestID = nextRequestID()
    let response = try await call(
      WorkflowService.resetWorkflowExecution,
      .with {
        $0.namespace = options.namespace
        $0.workflowExecution.workflowID = workflowID
        $0.reason = reason
        $0.workflowTaskFinishEventID = eventID
        $0.requestID = requestID
        $0.identity = "test"
      })
    return run(workflowID: workflowID, runID: response.runID)
  }
}
