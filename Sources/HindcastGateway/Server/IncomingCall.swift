#if GRPC
public import Foundation

/// A call as it came over the wire.
public struct IncomingCall: Sendable {
  /// The gRPC service, with its package: `temporal.api.workflowservice.v1.WorkflowService`.
  public var service: String
  /// The call within the service: `StartWorkflowExecution`.
  public var method: String
  /// The request, encoded.
  public var request: Data
  /// How long the caller waits; `nil` when it does not say.
  public var timeout: Duration?
  /// What the caller calls itself, from its `client-name`.
  public var clientName: String
  /// The version of that, from its `client-version`.
  public var clientVersion: String
}

/// What answers the calls that a ``GRPCFront`` takes: the encoded response.
///
/// The task is cancelled when the caller is gone.
///
/// - Throws: `ServiceError` for what the caller is told as such; anything else it learns of as `INTERNAL`.
public typealias IncomingCallHandler = @Sendable (IncomingCall) async throws -> Data
#endif
