#if GRPC
import HindcastGateway
import NIOCore
import NIOEmbedded
import XCTest

final class HTTP2PingResponderTests: XCTestCase {
  private func inbound(_ channel: EmbeddedChannel) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let buffer = try channel.readInbound(as: ByteBuffer.self) { bytes += Array(buffer.readableBytesView) }
    return bytes
  }

  private func outbound(_ channel: EmbeddedChannel) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer.readableBytesView) }
    return bytes
  }

  func testAnswersPingsAndPassesTheRest() throws {
    let channel = EmbeddedChannel(handler: HTTP2PingResponder())
    let settings: [UInt8] = [0, 0, 0, 4, 1, 0, 0, 0, 0]
    var read = HTTP2PingScanner.ping(0x0102_0304_0506_0708)
    read.writeBytes(settings)
    read.writeImmutableBuffer(HTTP2PingScanner.ping(7))
    try channel.writeInbound(read)

    XCTAssertEqual(try inbound(channel), settings)
    XCTAssertEqual(
      try outbound(channel),
      [0, 0, 8, 6, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8] + [0, 0, 8, 6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])
    XCTAssertTrue(try channel.finish().isClean)
  }

  func testFloodIsLeftToTheImplementation() throws {
    let channel = EmbeddedChannel(handler: HTTP2PingResponder())
    let ping = HTTP2PingScanner.ping(1)
    let pings = ByteBuffer().appending(ping, times: HTTP2PingResponder.mostPerSecond + 3)
    try channel.writeInbound(pings)
    XCTAssertEqual(try inbound(channel).count, 3 * ping.readableBytes)
    XCTAssertEqual(try outbound(channel).count, HTTP2PingResponder.mostPerSecond * ping.readableBytes)

    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    try channel.writeInbound(ping)
    XCTAssertEqual(try inbound(channel).count, 0)
    XCTAssertEqual(try outbound(channel).count, ping.readableBytes)
    XCTAssertTrue(try channel.finish().isClean)
  }

  func testNothingIsAnsweredThatThePeerDoesNotRead() throws {
    let channel = EmbeddedChannel(handler: HTTP2PingResponder())
    channel.isWritable = false
    let ping = HTTP2PingScanner.ping(1)
    try channel.writeInbound(ping)
    XCTAssertEqual(try inbound(channel), Array(ping.readableBytesView))
    XCTAssertEqual(try outbound(channel), [])
    XCTAssertTrue(try channel.finish().isClean)
  }
}

extension ByteBuffer {
  fileprivate func appending(_ other: ByteBuffer, times: Int) -> ByteBuffer {
    var result = self
    for _ in 0..<times { result.writeImmutableBuffer(other) }
    return result
  }
}
#endif
