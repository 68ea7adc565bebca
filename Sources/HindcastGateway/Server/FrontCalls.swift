#if GRPC
internal import Foundation
internal import HindcastCalls
private import SwiftProtobuf
private import TemporalServiceAPI

/// Who may call, and what answers: the same for all connections of a front.
struct FrontCalls: Sendable {
  let options: GRPCFrontOptions
  let health: FrontHealth
  let handler: IncomingCallHandler

  /// - Throws: UNAUTHENTICATED for a caller that is not known, UNIMPLEMENTED for what cannot be asked of a server about itself.
  func admit(_ head: CallHead) throws(ServiceError) {
    try admitCaller(head)
    if FrontReflection.isAsked(by: head), head.method != FrontReflection.method {
      throw Self.unknownMethod(head.method, of: head.service)
    }
  }

  private func admitCaller(_ head: CallHead) throws(ServiceError) {
    // Whoever asks whether the server is there need not be known to it.
    if options.apiKeys.isEmpty || head.service == HealthService.name { return }
    guard let token = head.token, options.apiKeys.contains(token) else {
      throw ServiceError(.unauthenticated, "Request unauthorized.")
    }
  }

  /// Answers a call. The task is cancelled when the caller is gone.
  func answer(_ call: IncomingCall, _ replies: FrontConnection.Replies) async throws {
    guard call.service == HealthService.name else {
      replies.send(try await handler(call))
      return
    }
    let service = try FrontHealth.service(in: call.request)
    switch call.method {
    case "Check":
      replies.send(try Self.encoded(health.check(service)))
    case "Watch":
      replies.begin()
      let watch = health.watch(service)
      defer { health.end(watch) }
      for await status in watch.statuses { replies.send(try Self.encoded(status)) }
    default:
      throw Self.unknownMethod(call.method, of: call.service)
    }
  }

  private static func unknownMethod(_ method: String, of service: String) -> ServiceError {
    ServiceError(.unimplemented, "unknown method \(method) for service \(service)")
  }

  private static func encoded(_ status: FrontHealth.Status) throws -> Data {
    try FrontHealth.Response.with { $0.status = status }.serializedData()
  }
}

extension ServiceError {
  /// What a caller is told of what was thrown while its call was answered.
  init(answering call: IncomingCall, _ error: any Error) {
    switch error {
    case let error as ServiceError: self = error
    case is CancellationError: self.init(.cancelled, "the call was given up")
    default: self.init(.internal, "\(call.method): \(error)")
    }
  }
}
#endif
