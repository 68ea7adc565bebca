#if GRPC
internal import Foundation
internal import HindcastCalls
internal import NIOHTTP2

/// One call under way. Only the event loop of its connection has to do with it.
final class FrontStream {
  let id: HTTP2StreamID
  let head: CallHead
  // One thread has to do with these, and none of them while it is being changed: checks for overlapping accesses find nothing.
  @exclusivity(unchecked) var request: RequestReader
  /// What answers each request as it comes, on a stream that asks what is served.
  @exclusivity(unchecked) var reflection: FrontReflection?
  /// What answers the call, once the request is there.
  @exclusivity(unchecked) var task: Task<Void, Never>?
  /// Whether the caller has sent all.
  @exclusivity(unchecked) var isComplete: Bool
  /// Whether headers have been sent.
  @exclusivity(unchecked) var hasBegun = false
  /// Whether all has been sent, or nobody is there any more to send it to.
  @exclusivity(unchecked) var hasEnded = false
  /// Bytes of messages that were sent.
  @exclusivity(unchecked) var unreadBytes = 0

  /// - Parameter isComplete: whether the headers were all.
  init(_ id: HTTP2StreamID, _ head: CallHead, _ options: GRPCFrontOptions, isComplete: Bool) {
    self.id = id
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
  func nextReflection() throws(ServiceError) -> Data? {
    guard let message = try request.next(head.encoding) else { return nil }
    return try reflection?.answer(message)
  }

  /// The call, once the request is there, which is held no longer.
  ///
  /// - Throws: As ``RequestReader/finish(_:)`` does.
  func call() throws(ServiceError) -> IncomingCall {
    // A poll may wait for long, and its bytes are part of a read that may hold many more.
    defer { request = RequestReader(limit: request.limit) }
    return IncomingCall(
      service: head.service, method: head.method, request: try request.finish(head.encoding), timeout: head.timeout,
      clientName: head.clientName, clientVersion: head.clientVersion)
  }

  /// Nobody is there any more.
  func end() {
    hasEnded = true
    task?.cancel()
  }
}
#endif
