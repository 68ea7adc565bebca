#if GRPC
package import NIOCore
private import NIOHTTP2

/// Answers the peer's PINGs before the HTTP/2 implementation counts them.
///
/// Servers written in Go send a PING with nearly every message to measure the line, and NIOHTTP2 closes a connection after
/// 200 control frames in 30 seconds, with every call on it. A PING that comes faster than any honest peer sends them, or
/// while the peer does not read its answers, is still passed on: there the limit does its work.
package final class HTTP2PingResponder: ChannelInboundHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  /// How many PINGs are answered in a second. A peer that measures sends the next after the answer to the last, so a
  /// round trip of 100 µs gives about this many.
  package static let mostPerSecond = 10_000

  private var scanner = HTTP2PingScanner()
  private var second = NIODeadline.uptimeNanoseconds(0)
  private var answeredThisSecond = 0

  package init() {}

  /// Puts a responder between a connection's bytes and its HTTP/2 implementation, which must be in the pipeline already.
  package static func install(on channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(
        HTTP2PingResponder(), position: .before(try pipeline.handler(type: NIOHTTP2Handler.self)))
    }
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    var answers = ByteBuffer()
    while let piece = scanner.next(from: &buffer) {
      switch piece {
      case .bytes(let bytes):
        context.fireChannelRead(wrapInboundOut(bytes))
      case .ping(let data) where mayAnswer(in: context):
        var answer = HTTP2PingScanner.acknowledgement(of: data)
        answers.writeBuffer(&answer)
      case .ping(let data):
        context.fireChannelRead(wrapInboundOut(HTTP2PingScanner.ping(data)))
      }
    }
    if answers.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(answers), promise: nil) }
  }

  private func mayAnswer(in context: ChannelHandlerContext) -> Bool {
    guard context.channel.isWritable else { return false }
    let now = context.eventLoop.now
    if now - second >= .seconds(1) {
      second = now
      answeredThisSecond = 0
    }
    answeredThisSecond += 1
    return answeredThisSecond <= Self.mostPerSecond
  }
}
#endif
