#if GRPC
package import NIOCore
private import NIOHTTP2

/// Takes from the peer's frames those of which NIOHTTP2 counts too many in honest use; it closes a connection after 200 PINGs, or
/// after 200 streams that the peer gives up, in 30 seconds, with every call on it.
///
/// Servers written in Go send a PING with nearly every message to measure the line: PINGs are answered here. A worker gives up its
/// polls when it stops, and tests start and stop many workers on one connection: once there are many, a stream that is given up is
/// closed from this side, for which nothing is counted. What comes faster than any honest peer sends it, or while the peer does
/// not read its answers, is still passed on: there the limits do their work.
package final class HTTP2ControlFrameFilter: ChannelInboundHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  /// How many PINGs are answered in a second. A peer that measures sends the next after the answer to the last, so a
  /// round trip of 100 µs gives about this many.
  package static let mostPerSecond = 10_000
  /// How many streams that are given up are left to NIOHTTP2 in 30 seconds; of two such spans, its own may see both.
  package static let mostResets = 90
  /// How many more are closed here in that time.
  package static let mostClosedHere = 100_000

  private var scanner: HTTP2ControlFrameScanner
  private var pings = Counter(span: .seconds(1))
  private var resets = Counter(span: .seconds(30))
  /// The streams that the peer has opened, where ``note(stream:)`` is told of them.
  private var streams: [UInt32: any Channel] = [:]

  package init(prefaceLength: Int = 0) {
    scanner = HTTP2ControlFrameScanner(prefaceLength: prefaceLength)
  }

  /// Puts a filter between a connection's bytes and its HTTP/2 implementation, which must be in the pipeline already.
  package static func install(on channel: any Channel, prefaceLength: Int = 0) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(
        HTTP2ControlFrameFilter(prefaceLength: prefaceLength),
        position: .before(try pipeline.handler(type: NIOHTTP2Handler.self)))
    }
  }

  /// Tells the filter of a stream's connection that the peer has opened the stream.
  package static func note(stream channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      guard let filter = try channel.parent?.pipeline.syncOperations.handler(type: HTTP2ControlFrameFilter.self),
        let id = try channel.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID)
      else { return }
      filter.note(channel, stream: UInt32(Int(id)))
    }
  }

  package func note(_ channel: any Channel, stream: UInt32) {
    streams[stream] = channel
    channel.closeFuture.assumeIsolated().whenComplete { _ in self.streams[stream] = nil }
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    var answers = ByteBuffer()
    while let piece = scanner.next(from: &buffer) {
      switch piece {
      case .bytes(let bytes):
        context.fireChannelRead(wrapInboundOut(bytes))
      case .ping(let data) where mayAnswer(in: context):
        var answer = HTTP2ControlFrameScanner.acknowledgement(of: data)
        answers.writeBuffer(&answer)
      case .ping(let data):
        context.fireChannelRead(wrapInboundOut(HTTP2ControlFrameScanner.ping(data)))
      case .reset(let stream, let frame):
        if let channel = streamToClose(stream, at: context.eventLoop.now) {
          channel.close(mode: .all, promise: nil)
        } else {
          context.fireChannelRead(wrapInboundOut(frame))
        }
      }
    }
    if answers.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(answers), promise: nil) }
  }

  private func mayAnswer(in context: ChannelHandlerContext) -> Bool {
    context.channel.isWritable && pings.count(at: context.eventLoop.now) <= Self.mostPerSecond
  }

  private func streamToClose(_ stream: UInt32, at now: NIODeadline) -> (any Channel)? {
    let count = resets.count(at: now)
    return count > Self.mostResets && count <= Self.mostResets + Self.mostClosedHere ? streams[stream] : nil
  }

  /// Counts what happens in spans of time, one after the other.
  private struct Counter {
    let span: TimeAmount
    private var start = NIODeadline.uptimeNanoseconds(0)
    private var number = 0

    init(span: TimeAmount) { self.span = span }

    /// One more: how many there were in this span.
    mutating func count(at now: NIODeadline) -> Int {
      if now - start >= span {
        start = now
        number = 0
      }
      number += 1
      return number
    }
  }
}
#endif
