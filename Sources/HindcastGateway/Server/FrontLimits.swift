#if GRPC
internal import NIOCore
internal import NIOHTTP2

/// What a front allows its callers on the way.
enum FrontLimits {
  /// What a window is before anything was said of it, in bytes: RFC 9113, section 6.9.2.
  static let defaultWindow = 65_535
  /// How far a caller may be ahead on one stream, and on all of a connection, in bytes. The defaults make long histories trickle.
  static let streamWindow = 1 << 20
  static let connectionWindow = 1 << 24
  /// From how many bytes of answers on that a caller does not read it gets no more.
  static let unreadBytes = 1 << 28
  /// How long a peer may be silent before it is asked whether it is there, and again before it is given up.
  static let keepaliveTime = TimeAmount.seconds(60)

  static var http2: NIOHTTP2Handler.Configuration {
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      // A worker's polls all wait on one connection; by the default it would be closed at the hundred and first.
      HTTP2Setting(parameter: .maxConcurrentStreams, value: 1 << 20),
      HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
      HTTP2Setting(parameter: .maxFrameSize, value: 1 << 18),
      HTTP2Setting(parameter: .maxHeaderListSize, value: 1 << 16),
    ]
    // What is malformed in a request's headers beyond those that are read harms nobody: they go nowhere from here.
    connection.headerBlockValidation = .disabled
    // Clients written in Go send a PING with nearly every message to measure the line: at a round trip of 100 µs, so many.
    connection.controlFrameRateLimit.maximumCount = 10_000
    connection.controlFrameRateLimit.windowLength = .seconds(1)
    // Workers give up their polls when they stop, and tests start and stop many workers on one connection.
    var stream = NIOHTTP2Handler.StreamConfiguration()
    stream.streamResetFrameRateLimit.maximumCount = 10_000
    stream.streamResetFrameRateLimit.windowLength = .seconds(1)
    return NIOHTTP2Handler.Configuration(connection: connection, stream: stream)
  }
}
#endif
