#if GRPC
internal import Foundation
internal import HindcastCalls

/// One call under way.
struct FrontStream {
  let head: CallHead
  var request: RequestReader
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
  init(_ head: CallHead, limit: Int, isComplete: Bool) {
    self.head = head
    self.isComplete = isComplete
    request = RequestReader(limit: limit)
  }

  /// Whether the caller has more to send that is of use.
  var wantsMore: Bool { !isComplete && !hasEnded }

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
