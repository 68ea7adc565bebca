#if GRPC
import Foundation
import HindcastCalls
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import XCTest

@testable import HindcastGateway

/// What the front makes of requests as they come over the wire, and how it writes answers.
final class FrontProtocolTests: XCTestCase {
  private static let good: HPACKHeaders = [
    ":method": "POST", ":scheme": "http", ":path": "/a.b.Service/Method", "content-type": "application/grpc",
  ]

  func testHeadersOfACall() throws {
    var headers = Self.good
    headers.add(name: "grpc-timeout", value: "5S")
    headers.add(name: "grpc-encoding", value: "gzip")
    headers.add(name: "authorization", value: "Bearer key")
    headers.add(name: "client-name", value: "temporal-python")
    headers.add(name: "client-version", value: "1.2.3")
    let head = try CallHead(headers)
    XCTAssertEqual(head.service, "a.b.Service")
    XCTAssertEqual(head.method, "Method")
    XCTAssertEqual(head.timeout, .seconds(5))
    XCTAssertEqual(head.encoding, .gzip)
    XCTAssertEqual(head.token, "key")
    XCTAssertEqual(head.clientName, "temporal-python")
    XCTAssertEqual(head.clientVersion, "1.2.3")
  }

  func testHeadersThatAreNoCall() {
    let cases: [(name: String, value: String?, fault: String)] = [
      ("content-type", nil, "unsupportedMediaType"),
      ("content-type", "application/json", "unsupportedMediaType"),
      (":method", "GET", "INTERNAL: http2: method GET is not POST"),
      (":path", nil, "UNIMPLEMENTED: malformed method name: \"\""),
      (":path", "Service/Method", "UNIMPLEMENTED: malformed method name: \"Service/Method\""),
      (":path", "/Method", "UNIMPLEMENTED: malformed method name: \"/Method\""),
      ("grpc-encoding", "br", "unknownEncoding(\"br\")"),
    ]
    for (name, value, fault) in cases {
      var headers = Self.good
      headers.remove(name: name)
      if let value { headers.add(name: name, value: value) }
      do throws(CallHead.Fault) {
        _ = try CallHead(headers)
        XCTFail("\(name): \(value ?? "none") was taken")
      } catch {
        if case .refused(let refusal) = error {
          XCTAssertEqual("\(refusal)", fault, name)
        } else {
          XCTAssertEqual("\(error)", fault, name)
        }
      }
    }
  }

  /// `hello`, as gzip has it.
  private static let compressed: [UInt8] = [
    0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 7, 0, 0x86, 0xA6, 0x10, 0x36, 5, 0, 0, 0,
  ]

  private static let thousandZeros: [UInt8] = [
    0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0x63, 0x60, 0x18, 5, 0xA3, 0x60, 0x14, 0x0C, 0x77, 0, 0, 0x80, 0x17, 0x0B, 6,
    0xE8, 3, 0, 0,
  ]

  func testRequests() {
    let hello = Array("hello".utf8)
    let cases: [(name: String, frames: [[UInt8]], encoding: CallHead.Encoding, outcome: String)] = [
      ("whole", [[0, 0, 0, 0, 5] + hello], .identity, "hello"),
      ("empty", [[0, 0, 0, 0, 0]], .identity, ""),
      ("byte by byte", ([0, 0, 0, 0, 5] + hello).map { [$0] }, .identity, "hello"),
      ("compressed", [[1, 0, 0, 0, UInt8(Self.compressed.count)] + Self.compressed], .gzip, "hello"),
      ("not compressed, though it could be", [[0, 0, 0, 0, 5] + hello], .gzip, "hello"),
      ("missing", [], .identity, "INVALID_ARGUMENT: the request is missing"),
      ("cut off", [[0, 0, 0, 0, 6] + hello], .identity, "INTERNAL: the request is cut off"),
      ("cut off in its length", [[0, 0, 0]], .identity, "INTERNAL: the request is cut off"),
      ("two", [[0, 0, 0, 0, 5] + hello + [0, 0, 0, 0, 0]], .identity, "INVALID_ARGUMENT: the call takes one request"),
      (
        "too large", [[0, 0, 0, 0, 51]], .identity,
        "RESOURCE_EXHAUSTED: grpc: received message larger than max (51 vs. 50)"
      ),
      (
        "compressed without saying how", [[1, 0, 0, 0, 5] + hello], .identity,
        "INTERNAL: grpc: compressed flag set with identity or empty encoding"
      ),
      (
        "not what it says", [[1, 0, 0, 0, 5] + hello], .gzip,
        "INTERNAL: grpc: failed to decompress the received message: the gzip stream is damaged"
      ),
    ]
    for (name, frames, encoding, outcome) in cases {
      XCTAssertEqual(Self.read(frames, encoding, limit: 50), outcome, name)
    }
    let bomb = [[1, 0, 0, 0, UInt8(Self.thousandZeros.count)] + Self.thousandZeros]
    XCTAssertEqual(
      Self.read(bomb, .gzip, limit: 999),
      "RESOURCE_EXHAUSTED: grpc: received message after decompression larger than max 999")
    XCTAssertEqual(Self.read(bomb, .gzip, limit: 1_000), String(repeating: "\0", count: 1_000))
  }

  private static func read(_ frames: [[UInt8]], _ encoding: CallHead.Encoding, limit: Int) -> String {
    var reader = RequestReader(limit: limit)
    do throws(ServiceError) {
      for frame in frames { try reader.append(ByteBuffer(bytes: frame)) }
      return String(decoding: try reader.finish(encoding), as: UTF8.self)
    } catch {
      return "\(error)"
    }
  }

  func testStreamsOfRequests() throws {
    let hello = [0, 0, 0, 0, 5] + Array("hello".utf8)
    let compressed = [1, 0, 0, 0, UInt8(Self.compressed.count)] + Self.compressed
    let cases: [(name: String, frames: [[UInt8]], outcome: [String])] = [
      ("none", [], []),
      ("two at once", [hello + compressed], ["hello", "hello"]),
      ("byte by byte", (hello + [0, 0, 0, 0, 0] + hello).map { [$0] }, ["hello", "", "hello"]),
      ("cut off", [hello + hello.dropLast()], ["hello", "INTERNAL: the request is cut off"]),
      ("cut off in its length", [hello, [0, 0]], ["hello", "INTERNAL: the request is cut off"]),
      (
        "the second too large", [hello + [0, 0, 0, 0, 51]],
        ["hello", "RESOURCE_EXHAUSTED: grpc: received message larger than max (51 vs. 50)"]
      ),
    ]
    for (name, frames, outcome) in cases {
      var reader = RequestReader(limit: 50, isStream: true)
      var found: [String] = []
      do throws(ServiceError) {
        for frame in frames {
          try reader.append(ByteBuffer(bytes: frame))
          while let message = try reader.next(.gzip) { found.append(String(decoding: message, as: UTF8.self)) }
        }
        try reader.checkIsEmpty()
      } catch {
        found.append("\(error)")
      }
      XCTAssertEqual(found, outcome, name)
    }
  }

  /// A connection that sees frames and time as the test gives them.
  private static func connection(_ loop: EmbeddedEventLoop) throws -> EmbeddedChannel {
    let calls = FrontCalls(options: GRPCFrontOptions(), health: FrontHealth(services: []), handler: { _ in Data() })
    let channel = EmbeddedChannel(handler: FrontConnection(calls, executor: LoopTaskExecutor(loop)), loop: loop)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  /// The peer is told to open no more streams, which it may not know yet, then which ones are answered; those still are.
  func testAConnectionThatEndsWaitsForItsCalls() throws {
    let loop = EmbeddedEventLoop()
    let channel = try Self.connection(loop)
    func sent() throws -> [HTTP2Frame.FramePayload] {
      loop.run()
      var payloads: [HTTP2Frame.FramePayload] = []
      while let frame = try channel.readOutbound(as: HTTP2Frame.self) { payloads.append(frame.payload) }
      return payloads
    }
    for id: HTTP2StreamID in [1, 3] {
      try channel.writeInbound(HTTP2Frame(streamID: id, payload: .headers(.init(headers: Self.good))))
    }
    channel.pipeline.fireUserInboundEventTriggered(StreamClosedEvent(streamID: 1, reason: nil))
    _ = try sent()
    for _ in 0..<2 { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    let announced = try sent()
    guard announced.count == 2, case .goAway(.maxID, .noError, _) = announced[0],
      case .ping(let data, ack: false) = announced[1]
    else { return XCTFail("\(announced)") }
    try channel.writeInbound(HTTP2Frame(streamID: .rootStream, payload: .ping(data, ack: true)))
    let last = try sent()
    guard last.count == 1, case .goAway(3, .noError, _) = last[0] else { return XCTFail("\(last)") }
    XCTAssertTrue(channel.isActive)
    channel.pipeline.fireUserInboundEventTriggered(StreamClosedEvent(streamID: 3, reason: nil))
    loop.run()
    XCTAssertFalse(channel.isActive)
  }

  func testASilentPeerIsAskedAndThenGivenUp() throws {
    let loop = EmbeddedEventLoop()
    let channel = try Self.connection(loop)
    func pings(after wait: TimeAmount) throws -> Int {
      loop.advanceTime(by: wait)
      var count = 0
      while let frame = try channel.readOutbound(as: HTTP2Frame.self) {
        if case .ping(_, ack: false) = frame.payload { count += 1 }
      }
      return count
    }
    XCTAssertEqual(try pings(after: FrontLimits.keepaliveTime), 0)
    XCTAssertEqual(try pings(after: FrontLimits.keepaliveTime), 1)
    try channel.writeInbound(HTTP2Frame(streamID: .rootStream, payload: .ping(HTTP2PingData(), ack: true)))
    XCTAssertEqual(try pings(after: FrontLimits.keepaliveTime), 0)
    XCTAssertEqual(try pings(after: FrontLimits.keepaliveTime), 1)
    XCTAssertTrue(channel.isActive)
    XCTAssertEqual(try pings(after: FrontLimits.keepaliveTime), 0)
    XCTAssertFalse(channel.isActive)
  }

  func testMessagesOfErrorsAreEscaped() {
    let cases = [
      ("plain text: 1 ~ 2", "plain text: 1 ~ 2"), ("100%", "100%25"), ("line\nline", "line%0Aline"),
      ("Über", "%C3%9Cber"), ("", ""),
    ]
    for (text, escaped) in cases { XCTAssertEqual(CallStatus.escaped(text), escaped) }
  }
}
#endif
