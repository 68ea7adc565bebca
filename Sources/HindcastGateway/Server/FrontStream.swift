#if GRPC
internal import Foundation
internal import HindcastCalls

/// One call under way.
struct FrontStream {
  let head: CallHead
  var request: RequestReader
  /// What answers each request as it comes, on a stream that asks what is served.
  var reflection: FrontReflection?
  /// What answers the call, once the request is there.
  var task: Task<Void, Never>?
  /// Whether the caller has sent all.
  var isComplete: Bool
  /// Whether headers have been sent.
  var hasBegun = false
  /// Whether all has been sent.
  var hasEnded = false
  /// Bytes of messages that were sent.
  var unreadBytes = 0

  /// - Parameter isComplete: whether the headers were all.
  init(_ head: CallHead, _ options: GRPCFrontOptions, isComplete: Bool) {
    self.head = head
    self.isComplete = isComplete
    if FrontReflection.isAsked(by: head) { reflection = FrontReflection(services: options.services) }
    request = RequestReader(limit: options.maximumRequestBytes, isStream: reflection != nil)
  }

  /// Whether the caller has more to send that is of use.
  var wantsMore: Bool { !isComplete && !hasEnded }

  /// The answer to the next request of a stream that asks what is served; `nil` until all of a request is there.
  ///
  /// - Throws: As ``RequestReader/next(_:)`` and ``FrontReflection/answer(_:)`` do.
  mutating func nextReflection() throws(ServiceError) -> Data? {
    guard let message = try request.next(head.encoding) else { return nil }
    return try reflection?.answer(message)
  }

  /// The call, once the request is there, which is held no longer.
  ///
  /// - Throws: As ``RequestReader/finish(_:)`` does.
  mutating func call() throws(ServiceError) -> IncomingCall {
    // A poll may wait for long, and its bytes are part of a read that may hold many more.
    defer { request = RequestReader(limit: request.limit) }
    return IncomingCall(
      service: head.service, method: head.method, request: try request.finish(head.encoding), timeout: head.timeout,
      clientName: head.clientName, clientVersion: head.clientVersion)
  }
}
#endif
