#if GRPC
import HindcastGateway
import NIOCore
import XCTest

final class HTTP2PingScannerTests: XCTestCase {
  private static let settings: [UInt8] = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]
  private static let data: [UInt8] = [0, 0, 10, 0, 1, 0, 0, 0, 1] + Array(repeating: 6, count: 10)
  private static let emptyData: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0, 3]

  private static func ping(_ last: UInt8, length: UInt8 = 8, flags: UInt8 = 0, stream: UInt8 = 0) -> [UInt8] {
    [0, 0, length, 6, flags, 0, 0, 0, stream] + Array(repeating: 0, count: Int(length) - 1) + [last]
  }

  /// Runs a stream through the scanner in reads that end at the given places.
  private func scan(_ stream: [UInt8], cuts: [Int], prefaceLength: Int = 0) -> (bytes: [UInt8], pings: [UInt64]) {
    var scanner = HTTP2PingScanner(prefaceLength: prefaceLength)
    var bytes: [UInt8] = []
    var pings: [UInt64] = []
    var start = 0
    for end in cuts + [stream.count] {
      var read = ByteBuffer(bytes: stream[start..<end])
      start = end
      while let piece = scanner.next(from: &read) {
        switch piece {
        case .bytes(let passed): bytes += Array(passed.readableBytesView)
        case .ping(let data): pings.append(data)
        }
      }
      XCTAssertEqual(read.readableBytes, 0, "the scanner must take all it is given, cut at \(cuts)")
    }
    return (bytes, pings)
  }

  func testTakesPingsOutHoweverReadsAreCut() {
    let stream = Self.settings + Self.ping(1) + Self.data + Self.ping(2) + Self.ping(3) + Self.emptyData
    let expected = Self.settings + Self.data + Self.emptyData
    let everySingleCut = (0...stream.count).map { [$0] }
    let shortReads = [1, 2, 3, 5, 8, 13].map { Array(stride(from: $0, to: stream.count, by: $0)) }
    for cuts in everySingleCut + shortReads {
      let (bytes, pings) = scan(stream, cuts: cuts)
      XCTAssertEqual(bytes, expected, "cut at \(cuts)")
      XCTAssertEqual(pings, [1, 2, 3], "cut at \(cuts)")
    }
  }

  func testPassesOnWhatIsNotAPingToAnswer() {
    let cases: [(name: String, frame: [UInt8])] = [
      ("the answer to our own PING", Self.ping(1, flags: 1)),
      ("a PING of the wrong length", Self.ping(1, length: 7)),
      ("a PING on a stream", Self.ping(1, stream: 1)),
    ]
    for (name, frame) in cases {
      let stream = frame + Self.ping(9)
      for cut in 0...stream.count {
        let (bytes, pings) = scan(stream, cuts: [cut])
        XCTAssertEqual(bytes, frame, "\(name), cut at \(cut)")
        XCTAssertEqual(pings, [9], "\(name), cut at \(cut)")
      }
    }
  }

  func testPrefaceIsNotReadAsFrames() {
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    XCTAssertEqual(preface.count, HTTP2PingScanner.clientPrefaceLength)
    let stream = preface + Self.settings + Self.ping(4)
    for cut in 0...stream.count {
      let (bytes, pings) = scan(stream, cuts: [cut], prefaceLength: HTTP2PingScanner.clientPrefaceLength)
      XCTAssertEqual(bytes, preface + Self.settings, "cut at \(cut)")
      XCTAssertEqual(pings, [4], "cut at \(cut)")
    }
  }

  func testReservedBitOfTheStreamIsIgnored() {
    var ping = Self.ping(5)
    ping[5] = 0x80
    XCTAssertEqual(scan(ping, cuts: []).pings, [5])
  }
}
#endif
