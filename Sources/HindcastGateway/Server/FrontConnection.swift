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
  // As in a stream, checks for overlapping accesses would find nothing.
  @exclusivity(unchecked) private var context: ChannelHandlerContext?
  @exclusivity(unchecked) private var streams: [HTTP2StreamID: FrontStream] = [:]
  /// How many bytes of answers wait for the peer to read them.
  @exclusivity(unchecked) private var unreadBytes = 0
  @exclusivity(unchecked) private var willFlush = false
  @exclusivity(unchecked) private var isIdle = false
  @exclusivity(unchecked) private var waitsForPing = false
  private var keepalive: RepeatedTask?
  private var isEnding = false

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
    for stream in gone { stream.end() }
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
      if let stream = streams[frame.streamID] {
        if content.endStream {
          stream.isComplete = true
          proceed(stream)
        }
      } else {
        begin(frame.streamID, content)
      }
    case .data(let content):
      if let stream = streams[frame.streamID] { receive(content, stream) }
    default: break
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A call comes with nine events, of which all but two tell of windows. To compare types is far quicker than to cast.
    let type = type(of: event)
    if type == NIOHTTP2WindowUpdatedEvent.self {
      if let event = event as? NIOHTTP2WindowUpdatedEvent, let left = event.inboundWindowSize {
        widenWindow(of: event.streamID, left: left)
      }
    } else if type == StreamClosedEvent.self {
      if let event = event as? StreamClosedEvent, let stream = streams.removeValue(forKey: event.streamID) {
        unreadBytes -= stream.unreadBytes
        stream.end()
      }
    } else if type == ChannelShouldQuiesceEvent.self, !isEnding {
      isEnding = true
      FrontGoodbye.begin(before: self, in: context, streams: streams.keys.sorted())
    }
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
      let stream = FrontStream(id, head, calls.options, isComplete: content.endStream)
      streams[id] = stream
      do throws(ServiceError) {
        try calls.admit(head)
        try checkAnswersAreRead()
      } catch {
        fail(stream, error)
      }
      proceed(stream)
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

  private func receive(_ content: HTTP2Frame.FramePayload.Data, _ stream: FrontStream) {
    guard case .byteBuffer(let bytes) = content.data else { return }
    if content.endStream { stream.isComplete = true }
    if stream.hasEnded { return }
    do throws(ServiceError) {
      try stream.request.append(bytes)
      proceed(stream)
    } catch {
      fail(stream, error)
    }
  }

  /// Answers what can be answered now that more has come.
  private func proceed(_ stream: FrontStream) {
    if stream.hasEnded { return }
    if stream.reflection != nil { reflect(stream) } else if stream.isComplete { answer(stream) }
  }

  /// Answers each message of a stream that asks what is served.
  private func reflect(_ stream: FrontStream) {
    do throws(ServiceError) {
      while let answer = try stream.nextReflection() {
        try checkAnswersAreRead()
        send(answer, to: stream)
      }
      guard stream.isComplete else { return }
      try stream.request.checkIsEmpty()
      end(stream)
    } catch {
      fail(stream, error)
    }
  }

  /// Has the one message of a call answered.
  private func answer(_ stream: FrontStream) {
    guard stream.task == nil, let context else { return }
    do throws(ServiceError) {
      let call = try stream.call()
      let replies = Replies(NIOLoopBound((self, stream), eventLoop: context.eventLoop))
      stream.task = Task(executorPreference: executor) { [calls] in
        do {
          try await calls.answer(call, replies)
          replies.end()
        } catch {
          replies.fail(ServiceError(answering: call, error))
        }
      }
    } catch {
      fail(stream, error)
    }
  }

  // MARK: Answers

  /// The way of a call's answer to its caller. To be used on the event loop only, as tasks on its executor are.
  struct Replies: Sendable {
    private let bound: NIOLoopBound<(connection: FrontConnection, stream: FrontStream)>

    fileprivate init(_ bound: NIOLoopBound<(connection: FrontConnection, stream: FrontStream)>) { self.bound = bound }

    /// Sends the headers, which otherwise go with the first message.
    func begin() {
      let (connection, stream) = bound.value
      connection.beginAnswer(to: stream)
    }

    /// Sends a message.
    func send(_ message: Data) {
      let (connection, stream) = bound.value
      connection.send(message, to: stream)
    }

    fileprivate func end() {
      let (connection, stream) = bound.value
      connection.end(stream)
    }

    fileprivate func fail(_ error: ServiceError) {
      let (connection, stream) = bound.value
      connection.fail(stream, error)
    }
  }

  private func beginAnswer(to stream: FrontStream) {
    if stream.hasBegun || stream.hasEnded { return }
    stream.hasBegun = true
    write(.headers(.init(headers: CallStatus.beginning)), to: stream.id)
  }

  private func send(_ message: Data, to stream: FrontStream) {
    guard let context, !stream.hasEnded else { return }
    beginAnswer(to: stream)
    var buffer = context.channel.allocator.buffer(capacity: RequestReader.prefixLength + message.count)
    buffer.writeMultipleIntegers(UInt8(0), UInt32(truncatingIfNeeded: message.count))
    buffer.writeData(message)
    stream.unreadBytes += buffer.readableBytes
    unreadBytes += buffer.readableBytes
    write(.data(.init(data: .byteBuffer(buffer))), to: stream.id)
  }

  private func end(_ stream: FrontStream) {
    if stream.hasEnded { return }
    beginAnswer(to: stream)
    stream.hasEnded = true
    write(.headers(.init(headers: CallStatus.good, endStream: true)), to: stream.id)
  }

  private func fail(_ stream: FrontStream, _ error: ServiceError) {
    guard let context, !stream.hasEnded else { return }
    stream.hasEnded = true
    let trailers = HTTP2Frame.FramePayload.headers(
      .init(headers: CallStatus.trailers(for: error, hasBegun: stream.hasBegun), endStream: true))
    if stream.isComplete {
      write(trailers, to: stream.id)
      return
    }
    // What the caller has not sent yet it may keep (RFC 9113, section 8.1); but a reset also drops messages that wait for the
    // caller to read.
    let sent = context.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound((self, stream.id), eventLoop: context.eventLoop)
    sent.futureResult.whenSuccess {
      let (connection, stream) = bound.value
      connection.reset(stream)
    }
    write(trailers, to: stream.id, promise: sent)
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
