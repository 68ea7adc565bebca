#if GRPC
internal import NIOCore
internal import NIOHTTP2

/// Ends a connection when its calls are answered: announces it, so that the peer opens no more streams, and waits for those there are.
///
/// The library's handler does it. It looks at each frame and event, which costs a twentieth of a call, and so it comes into the
/// pipeline when it is needed.
enum FrontGoodbye {
  /// - Parameters:
  ///   - handler: before which the library's comes.
  ///   - streams: which are open, in order.
  static func begin(before handler: FrontConnection, in context: ChannelHandlerContext, streams: [HTTP2StreamID]) {
    let ending = NIOHTTP2ServerConnectionManagementHandler(
      eventLoop: context.eventLoop,
      configuration: .init(maxIdleTime: nil, maxAge: nil, maxGraceTime: nil, keepalive: nil))
    let pipeline = context.pipeline.syncOperations
    do {
      try pipeline.addHandler(ending, position: .before(handler))
      let place = try pipeline.context(handler: ending)
      for stream in streams { ending.http2StreamDelegate.streamCreated(stream, channel: context.channel) }
      ending.userInboundEventTriggered(context: place, event: ChannelShouldQuiesceEvent())
    } catch {
      // The pipeline is being taken apart.
      context.close(promise: nil)
    }
  }
}
#endif
