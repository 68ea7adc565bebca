private import Foundation
internal import HindcastCalls
internal import HindcastCore
internal import HindcastHistory
private import SwiftProtobuf
internal import TemporalAPI
private import TemporalServiceAPI

/// The activities that open, keep and close sessions, as sdk-go has them on every worker that accepts sessions.
struct SessionActivities: Sendable {
  let host: SessionHost
  let connection: any ServiceConnection
  let configuration: WorkerConfiguration

  /// The longest pause between two heartbeats of an open session.
  private static let longestInterval: Duration = .seconds(10)

  /// Runs an activity of this framework.
  ///
  /// - Parameter beat: Sends a heartbeat and takes note of its answer.
  /// - Returns: `nil` if it is an activity of the user's.
  func run(
    _ activity: ActivityContext, beat: @escaping @Sendable () async -> Void
  ) async -> Result<Payloads?, ActivityError>? {
    switch activity.info.type {
    case SessionHost.creationActivity:
      do throws(ActivityError) {
        try await keepOpen(try sessionID(of: activity), activity, beat: beat)
        return .success(nil)
      } catch {
        return .failure(error)
      }
    case SessionHost.completionActivity:
      return Result { () throws(ActivityError) in
        host.complete(try sessionID(of: activity))
        return nil
      }
    default: return nil
    }
  }

  private func sessionID(of activity: ActivityContext) throws(ActivityError) -> String {
    guard let payload = activity.input?.payloads.first,
      let id = try? JSONDecoder().decode(String.self, from: payload.data)
    else { throw .failed(.session("the first argument is no session id", isFinal: true)) }
    return id
  }

  private func keepOpen(
    _ id: String, _ activity: ActivityContext, beat: @escaping @Sendable () async -> Void
  ) async throws(ActivityError) {
    guard let session = host.open(id) else {
      // The server tries again, here or on another worker.
      throw .failed(.session("too many outstanding sessions"))
    }
    defer { host.release(id) }
    try await announce(id, to: activity.info)
    activity.whenCancelled { session.continuation.yield(.tick) }
    let interval = min(
      activity.info.heartbeatTimeout > .zero ? activity.info.heartbeatTimeout / 3 : Self.longestInterval,
      Self.longestInterval)
    let ticks = Task { [clock = configuration.clock] in
      while !Task.isCancelled {
        try await clock.sleep(for: interval)
        session.continuation.yield(.tick)
      }
    }
    defer { ticks.cancel() }
    for await event in session.events {
      if case .completed = event { return }
      if let reason = activity.cancellation { throw .init(endOfSession: reason) }
      await beat()
    }
  }

  /// Tells the workflow where the session's activities run.
  private func announce(_ id: String, to info: ActivityInfo) async throws(ActivityError) {
    // The names are those of a Go structure, which sdk-go's workflows decode.
    let response =
      "{\"Taskqueue\":\(JSONPayload.quoted(host.taskQueue)),\"HostName\":\(JSONPayload.quoted(host.hostName)),"
      + "\"ResourceID\":\(JSONPayload.quoted(host.resourceID))}"
    do {
      _ = try await connection.call(
        WorkflowService.signalWorkflowExecution,
        .with {
          $0.namespace = configuration.namespace
          $0.workflowExecution = info.execution
          $0.signalName = id
          $0.input.payloads = [JSONPayload.payload(json: response)]
          $0.identity = configuration.identity
          $0.requestID = UUID().uuidString
        })
    } catch {
      throw .failed(.session("the workflow could not be told of its session: \(error)"))
    }
  }
}

extension ActivityError {
  fileprivate init(endOfSession reason: ActivityCancellation) {
    switch reason {
    case .requested, .paused: self = .canceled(details: nil)
    case .timedOut, .workerStopped:
      // Another try would open another session behind the back of the workflow.
      var failure = Failure.session("session failed due to worker shutdown", isFinal: true)
      failure.applicationFailureInfo.type = "SessionWorkerShutdown"
      self = .failed(failure)
    }
  }
}

extension Temporal_Api_Failure_V1_Failure {
  fileprivate static func session(_ message: String, isFinal: Bool = false) -> Self {
    .with {
      $0.message = message
      $0.source = "hindcast"
      $0.applicationFailureInfo.nonRetryable = isFinal
    }
  }
}
