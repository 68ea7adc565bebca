#if GRPC
internal import Foundation
internal import HindcastCalls
internal import NIOCore
private import NIOFoundationCompat
private import NIOHPACK
internal import NIOHTTP2

/// One caller's connection: gathers the requests out of HTTP/2's frames, has them answered, and writes the answers.
///
/// The streams have no channels of their own, and all that happens to them happens on the connection's event loop: a unary call is
/// two frames in and three out, and what is made for it besides costs more than answering it.
final class FrontConnection: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private let calls: FrontCalls
  private let executor: LoopTaskExecutor
  private var context: ChannelHandlerContext?
  private var streams: [HTTP2StreamID: FrontStream] = [:]
  /// How many bytes of answers wait for the peer to read them.
  private var unreadBytes = 0
  private var willFlush = false
  private var keepalive: RepeatedTask?
  private var isIdle = false
  private var waitsForPing = false

  init(_ calls: FrontCalls, executor: LoopTaskExecutor) {
    self.calls = calls
    self.executor = executor
  }

  // MARK: The connection

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    widenWindow(of: .rootStream, left: FrontLimits.defaultWindow)
    let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
    keepalive = context.eventLoop.scheduleRepeatedTask(
      initialDelay: FrontLimits.keepaliveTime, delay: FrontLimits.keepaliveTime
    ) { _ in connection.value.keepAlive() }
    context.fireChannelActive()
  }

  /// Asks a peer that has said nothing for a while whether it is there, and gives it up if it goes on saying nothing.
  private func keepAlive() {
    defer { isIdle = true }
    if !isIdle { return }
    if waitsForPing {
      context?.close(promise: nil)
    } else {
      waitsForPing = true
      write(.ping(HTTP2PingData(withInteger: 1), ack: false), to: .rootStream)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    keepalive?.cancel()
    let gone = streams.values
    streams = [:]
    for stream in gone { stream.task?.cancel() }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Of one stream the implementation has reset it; all else concerns the connection.
    if error is NIOHTTP2Errors.StreamError { return }
    context.close(promise: nil)
  }

  // MARK: Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isIdle = false
    waitsForPing = false
    let frame = unwrapInboundIn(data)
    switch frame.payload {
    case .headers(let content):
      if streams[frame.streamID] == nil {
        begin(frame.streamID, content)
      } else if content.endStream {
        streams[frame.streamID]?.isComplete = true
        proceed(frame.streamID)
      }
    case .data(let content): receive(content, frame.streamID)
    default: break
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as StreamClosedEvent:
      if let stream = streams.removeValue(forKey: event.streamID) {
        unreadBytes -= stream.unreadBytes
        stream.task?.cancel()
      }
    case let event as NIOHTTP2WindowUpdatedEvent:
      if let left = event.inboundWindowSize { widenWindow(of: event.streamID, left: left) }
    default: break
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// Lets the peer send more, once half of what it may send has come.
  private func widenWindow(of stream: HTTP2StreamID, left: Int) {
    let isRoot = stream == .rootStream
    let target = isRoot ? FrontLimits.connectionWindow : FrontLimits.streamWindow
    guard left < target / 2, isRoot || streams[stream]?.wantsMore == true else { return }
    write(.windowUpdate(windowSizeIncrement: target - left), to: stream)
  }

  private func begin(_ id: HTTP2StreamID, _ content: HTTP2Frame.FramePayload.Headers) {
    do throws(CallHead.Fault) {
      let head = try CallHead(content.headers)
      streams[id] = FrontStream(head, calls.options, isComplete: content.endStream)
      do throws(ServiceError) {
        try calls.admit(head)
        try checkAnswersAreRead()
      } catch {
        fail(id, error)
      }
      proceed(id)
    } catch {
      let headers =
        switch error {
        case .unsupportedMediaType: CallStatus.unsupportedMediaType
        case .unknownEncoding(let name): CallStatus.unknownEncoding(name)
        case .refused(let error): CallStatus.trailers(for: error, hasBegun: false)
        }
      write(.headers(.init(headers: headers, endStream: true)), to: id)
      if !content.endStream { write(.rstStream(.noError), to: id) }
    }
  }

  private func checkAnswersAreRead() throws(ServiceError) {
    guard unreadBytes <= FrontLimits.unreadBytes else {
      throw ServiceError(.resourceExhausted, "the caller does not read its answers")
    }
  }

  private func receive(_ content: HTTP2Frame.FramePayload.Data, _ id: HTTP2StreamID) {
    guard case .byteBuffer(let bytes) = content.data, var stream = streams.removeValue(forKey: id) else { return }
    stream.isComplete = content.endStream
    do throws(ServiceError) {
      if !stream.hasEnded { try stream.request.append(bytes) }
      streams[id] = stream
      proceed(id)
    } catch {
      streams[id] = stream
      fail(id, error)
    }
  }

  /// Answers what can be answered now that more has come.
  private func proceed(_ id: HTTP2StreamID) {
    guard let stream = streams[id], !stream.hasEnded else { return }
    if stream.reflection != nil { reflect(id) } else if stream.isComplete { answer(id) }
  }

  /// Answers each message of a stream that asks what is served.
  private func reflect(_ id: HTTP2StreamID) {
    do throws(ServiceError) {
      while let answer = try streams[id]?.nextReflection() {
        try checkAnswersAreRead()
        send(answer, to: id)
      }
      guard let stream = streams[id], stream.isComplete else { return }
      try stream.request.checkIsEmpty()
      end(id)
    } catch {
      fail(id, error)
    }
  }

  /// Has the one message of a call answered.
  private func answer(_ id: HTTP2StreamID) {
    guard var stream = streams[id], stream.task == nil, let context else { return }
    do throws(ServiceError) {
      let call = try stream.call()
      let replies = Replies(connection: NIOLoopBound(self, eventLoop: context.eventLoop), stream: id)
      stream.task = Task(executorPreference: executor) { [calls] in
        do {
          try await calls.answer(call, replies)
          replies.end()
        } catch {
          replies.fail(ServiceError(answering: call, error))
        }
      }
      streams[id] = stream
    } catch {
      streams[id] = stream
      fail(id, error)
    }
  }

  // MARK: Answers

  /// The way of a call's answer to its caller. To be used on the event loop only, as tasks on its executor are.
  struct Replies: Sendable {
    fileprivate let connection: NIOLoopBound<FrontConnection>
    fileprivate let stream: HTTP2StreamID

    /// Sends the headers, which otherwise go with the first message.
    func begin() { connection.value.beginAnswer(to: stream) }

    /// Sends a message.
    func send(_ message: Data) { connection.value.send(message, to: stream) }

    fileprivate func end() { connection.value.end(stream) }

    fileprivate func fail(_ error: ServiceError) { connection.value.fail(stream, error) }
  }

  private func beginAnswer(to id: HTTP2StreamID) {
    guard let stream = streams[id], !stream.hasBegun else { return }
    streams[id]?.hasBegun = true
    write(.headers(.init(headers: CallStatus.beginning)), to: id)
  }

  private func send(_ message: Data, to id: HTTP2StreamID) {
    guard let context, streams[id] != nil else { return }
    beginAnswer(to: id)
    var buffer = context.channel.allocator.buffer(capacity: RequestReader.prefixLength + message.count)
    buffer.writeMultipleIntegers(UInt8(0), UInt32(truncatingIfNeeded: message.count))
    buffer.writeData(message)
    streams[id]?.unreadBytes += buffer.readableBytes
    unreadBytes += buffer.readableBytes
    write(.data(.init(data: .byteBuffer(buffer))), to: id)
  }

  private func end(_ id: HTTP2StreamID) {
    beginAnswer(to: id)
    guard streams[id] != nil else { return }
    streams[id]?.hasEnded = true
    write(.headers(.init(headers: CallStatus.good, endStream: true)), to: id)
  }

  private func fail(_ id: HTTP2StreamID, _ error: ServiceError) {
    guard var stream = streams[id], !stream.hasEnded else { return }
    stream.hasEnded = true
    streams[id] = stream
    let trailers = CallStatus.trailers(for: error, hasBegun: stream.hasBegun)
    guard !stream.isComplete, let context else {
      write(.headers(.init(headers: trailers, endStream: true)), to: id)
      return
    }
    // What the caller has not sent yet it may keep (RFC 9113, section 8.1); but a reset also drops messages that wait for the
    // caller to read.
    let sent = context.eventLoop.makePromise(of: Void.self)
    let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
    sent.futureResult.whenSuccess { connection.value.reset(id) }
    write(.headers(.init(headers: trailers, endStream: true)), to: id, promise: sent)
  }

  private func reset(_ id: HTTP2StreamID) {
    if streams[id] != nil { write(.rstStream(.noError), to: id) }
  }

  // MARK: Frames

  private func write(
    _ payload: HTTP2Frame.FramePayload, to stream: HTTP2StreamID, promise: EventLoopPromise<Void>? = nil
  ) {
    guard let context else { return }
    context.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: promise)
    if willFlush { return }
    willFlush = true
    // With what else is ready to go out: one system call for many answers.
    let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.execute { connection.value.flush() }
  }

  private func flush() {
    willFlush = false
    context?.flush()
  }
}
#endif
