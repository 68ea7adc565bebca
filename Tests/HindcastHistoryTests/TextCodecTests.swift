import Foundation
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastHistory

/// The codecs by hand against those of Foundation and SwiftProtobuf.
final class TextCodecTests: XCTestCase {
  func testBase64AgreesWithFoundation() {
    var numbers = SeededNumbers(seed: 1)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &numbers) }
      let text = Data(bytes).base64EncodedString()
      var written: [UInt8] = []
      bytes.withUnsafeBytes { Base64.encode($0, into: &written) }
      XCTAssertEqual(String(decoding: written, as: UTF8.self), text)
      for variant in [text, text.replacing("=", with: ""), text.replacing("+", with: "-").replacing("/", with: "_")] {
        XCTAssertEqual(decode(variant), bytes, variant)
      }
    }
    for text in ["A", "AAAAA", "A===", "====", "AA=A", "A A=", "AA\n=", "é"] { XCTAssertNil(decode(text), text) }
  }

  private func decode(_ text: String) -> [UInt8]? {
    var memory = DecoderMemory()
    return Array(text.utf8).withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { memory.decode($0, bytes.count).map { Array($0) } } ?? []
    }
  }

  func testTimesAgreeWithSwiftProtobuf() throws {
    var numbers = SeededNumbers(seed: 2)
    for round in 0..<500 {
      let seconds = Int64.random(in: -62_135_596_800...253_402_300_799, using: &numbers)
      let nanos = [0, 1, 1000, 120_000_000, 999_999_999][round % 5]
      let time = Google_Protobuf_Timestamp(seconds: seconds, nanos: Int32(nanos))
      var text: [UInt8] = []
      XCTAssertTrue(TimeText.timestamp((time.seconds, time.nanos), into: &text))
      XCTAssertEqual("\"\(String(decoding: text, as: UTF8.self))\"", try time.jsonString())
      let read = try XCTUnwrap(text.withUnsafeBufferPointer(TimeText.timestamp))
      XCTAssertEqual(read.seconds, seconds)
      XCTAssertEqual(read.nanos, Int32(nanos))
    }
  }

  func testTextThatIsNoTimeIsRefused() {
    let table = [
      "", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-02-29T03:04:05Z", "2026-01-02T24:04:05Z",
      "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1234567890Z", "2026-01-02T03:04:05Zx", "0000-01-02T03:04:05Z",
      "2026-01-02T03:04:05+2:00", "noon",
    ]
    for text in table { XCTAssertNil(Array(text.utf8).withUnsafeBufferPointer(TimeText.timestamp), text) }
    for text in ["", "s", "1", "1.s", ".5s", "1.0000000000s", "1m", "99999999999999999999s", "--1s", "1s "] {
      XCTAssertNil(Array(text.utf8).withUnsafeBufferPointer(TimeText.duration), text)
    }
  }

  func testTheSchemaKnowsEveryFieldOfAnEvent() throws {
    let table = Schema.shared.table(named: HistoryEvent.protoMessageName).pointee
    XCTAssertEqual(table.fields.count, 70)
    XCTAssertEqual(table.fields.filter { $0.message != nil }.count, 65)
    for (name, number) in [("eventId", 1), ("event_id", 1), ("workerMayIgnore", 300), ("userMetadata", 301)] {
      let place = try XCTUnwrap(Array(name.utf8).withUnsafeBufferPointer { table.index[$0.baseAddress!, $0.count] })
      XCTAssertEqual(Int(table.fields[Int(place)].number), number, name)
    }
    XCTAssertNil(table.field(number: 299))
    XCTAssertNil(table.field(number: -1))
    XCTAssertEqual(Schema.shared.table(named: "no.such.Message").pointee.fields.count, 0)
  }
}
