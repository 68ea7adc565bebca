#if GRPC
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// One caller's connection to an ``HTTPEndpoint``.
final class HTTPEndpointConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answer: HTTPEndpoint.Answer
  private var head: HTTPRequestHead?
  private var task: Task<Void, Never>?

  init(_ answer: @escaping HTTPEndpoint.Answer) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    // What a GET brings along means nothing (RFC 9110, section 9.3.1).
    case .body: break
    case .end:
      if let head { answer(head, context) }
      head = nil
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    task?.cancel()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent, task == nil { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard head.method == .GET || head.method == .HEAD else {
      var refusal = HTTPEndpoint.Response(status: 405, text: "only GET and HEAD are answered")
      refusal.headers.append(("Allow", "GET, HEAD"))
      write(refusal, to: head, context)
      return
    }
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts.first.map(String.init) ?? ""
    let request = HTTPEndpoint.Request(
      path: path.removingPercentEncoding ?? path, query: parts.count > 1 ? String(parts[1]) : "")
    let connection = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    task = Task { [answer, eventLoop = context.eventLoop] in
      let response = await answer(request)
      eventLoop.execute {
        let (handler, context) = connection.value
        handler.task = nil
        handler.write(response, to: head, context)
      }
    }
  }

  private func write(_ response: HTTPEndpoint.Response, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
    headers.add(name: "Content-Length", value: "\(response.body.count)")
    if !head.isKeepAlive { headers.add(name: "Connection", value: "close") }
    let status = HTTPResponseStatus(statusCode: response.status)
    context.write(wrapOutboundOut(.head(.init(version: head.version, status: status, headers: headers))), promise: nil)
    if head.method != .HEAD {
      let body = context.channel.allocator.buffer(bytes: response.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    let connection = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      if !head.isKeepAlive { connection.value.close(promise: nil) }
    }
  }
}
#endif
