import HindcastCore
import TemporalAPI

extension WorkflowContext {
  /// Runs a local activity and waits for its result, which in a replay is the recorded one.
  /// - Throws: what the activity failed with, as recorded.
  public func executeLocalActivity<Result: Decodable>(
    _ type: String, _ arguments: any Encodable..., returning result: Result.Type = Result.self,
    file: String = #fileID, line: Int = #line
  ) async throws -> Result {
    let location = SourceLocation(file: file, line: line)
    return try await startLocal(type, at: location) { try PayloadConverter.decode(Result.self, from: $0) }
      .get(at: location, cancels: false)
  }

  /// Runs a local activity and waits for its end.
  public func executeLocalActivity(
    _ type: String, _ arguments: any Encodable..., file: String = #fileID, line: Int = #line
  ) async throws {
    let location = SourceLocation(file: file, line: line)
    try await startLocal(type, at: location) { _ in }.get(at: location, cancels: false)
  }

  /// Starts a local activity and goes on.
  public func startLocalActivity<Result: Decodable>(
    _ type: String, _ arguments: any Encodable..., returning result: Result.Type = Result.self,
    file: String = #fileID, line: Int = #line
  ) -> WorkflowFuture<Result> {
    startLocal(type, at: SourceLocation(file: file, line: line)) { try PayloadConverter.decode(Result.self, from: $0) }
  }

  /// As in the Go SDK a coroutine of its own asks for the activity, so its id is drawn when that has its turn.
  private func startLocal<Result>(
    _ type: String, at location: SourceLocation,
    decode: @escaping (Temporal_Api_Common_V1_Payloads?) throws -> Result
  ) -> WorkflowFuture<Result> {
    let future = WorkflowFuture<Result>(host: host, reason: "local activity \(type)")
    let host = host
    host.command(at: location, otherwise: ()) { _ in
      host.dispatcher.spawn(name: nil) {
        let attempt = WorkflowFuture<Temporal_Api_Common_V1_Payloads?>(host: host, reason: "local activity \(type)")
        host.command(at: location, otherwise: ()) { environment in
          attempt.follow(environment.executeLocalActivity(type: type).operation, in: nil, { $0 })
        }
        do {
          let payloads = try await attempt.get(at: location, cancels: false)
          host.command(otherwise: ()) { _ in future.settle { try decode(payloads) } }
        } catch {
          host.command(otherwise: ()) { _ in future.settle { throw error } }
        }
      }
    }
    return future
  }
}
