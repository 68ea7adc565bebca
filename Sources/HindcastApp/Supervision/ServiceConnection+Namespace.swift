package import HindcastCalls
private import SwiftProtobuf
private import TemporalServiceAPI

extension ServiceConnection {
  /// Makes sure that a namespace exists and may be used, as the Go SDK's workers do before they poll.
  ///
  /// - Throws: `ServiceError`.
  package func confirm(namespace: String) async throws {
    _ = try await call(WorkflowService.describeNamespace, .with { $0.namespace = namespace })
  }
}
