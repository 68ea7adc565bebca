internal import HindcastCalls
internal import SwiftProtobuf

/// A connection that counts its calls, and how long they take.
struct MeasuredConnection: ServiceConnection {
  private let connection: any ServiceConnection
  private let metrics: WorkerMetrics

  /// - Returns: The connection itself where nobody listens.
  static func measuring(_ connection: any ServiceConnection, _ metrics: WorkerMetrics) -> any ServiceConnection {
    metrics.isOn ? MeasuredConnection(connection: connection, metrics: metrics) : connection
  }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let isLong = method.patience == .longPoll
    let tags = MetricTags(more: ["operation": method.name])
    metrics.count(isLong ? .longRequest : .request, tags)
    let start = metrics.start()
    defer { metrics.record(isLong ? .longRequestLatency : .requestLatency, since: start, tags) }
    do {
      return try await connection.call(method, request, timeout: timeout)
    } catch {
      let code = (error as? ServiceError)?.code ?? (error is CancellationError ? .cancelled : .unknown)
      metrics.count(
        isLong ? .longRequestFailure : .requestFailure,
        MetricTags(more: ["operation": method.name, "status_code": code.name]))
      throw error
    }
  }
}
