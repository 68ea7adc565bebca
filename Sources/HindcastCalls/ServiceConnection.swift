public import SwiftProtobuf

/// A way to reach a Temporal service: the real server over gRPC, or one in the same process.
///
/// Workers, recorders and clients are written against this protocol only. Which remote calls there are is data, in
/// ``WorkflowService`` and ``OperatorService``: a conforming type carries any of them and a new one is a line in a table.
public protocol ServiceConnection: Sendable {
  /// Sends one request and waits for its answer.
  ///
  /// Cancelling the calling task cancels the call at the service, too.
  ///
  /// - Parameters:
  ///   - method: Which call, from ``WorkflowService`` or ``OperatorService``.
  ///   - request: Its request.
  ///   - timeout: The longest to wait, retries included; `nil` means the method's own ``ServiceMethod/patience``.
  /// - Throws: ``ServiceError`` for what the service refused or the connection could not do, `CancellationError` when the
  ///   calling task was cancelled.
  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response
}

extension ServiceConnection {
  /// Sends one request and waits for its answer, as long as is usual for the method.
  ///
  /// - Throws: As ``call(_:_:timeout:)`` does.
  public func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request
  ) async throws -> Response {
    try await call(method, request, timeout: nil)
  }
}
