import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Every fault has a kind, a place and a sentence.
final class ReaderErrorTests: XCTestCase {
  private func error(_ bytes: some Sequence<UInt8>, limit: Int = 1 << 20) throws -> HistoryError {
    do {
      _ = try HistoryReader.histories(from: Array(bytes), named: "h.json", decompressedLimit: limit)
    } catch {
      return error
    }
    throw NoError(text: String(decoding: Array(bytes), as: UTF8.self))
  }

  /// Fails a test whose text was read without an error.
  private struct NoError: Error {
    var text: String
  }

  func testFaultsInJSONHaveTheirPlace() throws {
    let table: [(String, HistoryError.Code, line: Int, column: Int, event: Int64?, pointer: String)] = [
      ("{\"events\":[\n {\"eventId\":\"x\"}]}", .value, 2, 13, nil, "/events/0/eventId"),
      ("{\"events\":[\n {\"eventId\":\"5\",\n\"taskId\":true}]}", .value, 3, 10, 5, "/events/0/taskId"),
      (
        #"{"events":[{"eventId":5,"attempt":1}, {"eventId":6,"eventTime":"noon"}]}"#, .value, 1, 65, 6,
        "/events/1/eventTime"
      ),
      (#"{"events":[{"eventId":5,"taskId":99999999999999999999}]}"#, .range, 1, 34, 5, "/events/0/taskId"),
      (#"{"events":[{"eventId":5,"taskId":1e30}]}"#, .range, 1, 34, 5, "/events/0/taskId"),
      (#"{"events":[{"eventId":5,"taskId":1.5}]}"#, .value, 1, 34, 5, "/events/0/taskId"),
      (#"{"events":[{"eventId":5,"workerMayIgnore":1}]}"#, .value, 1, 43, 5, "/events/0/workerMayIgnore"),
      (#"{"events":[{"eventId":5,"eventType":{}}]}"#, .value, 1, 37, 5, "/events/0/eventType"),
      (#"{"events":[{"eventId":5,"links":{}}]}"#, .value, 1, 33, 5, "/events/0/links"),
      (#"{"events":[{"eventId":5,"userMetadata":[]}]}"#, .value, 1, 40, 5, "/events/0/userMetadata"),
      (#"{"events":[{"eventId":5,}]}"#, .syntax, 1, 25, 5, "/events/0"),
      (#"{"events":[{"eventId":5}{"#, .syntax, 1, 25, nil, "/events/0"),
      (#"{"events":[{"eventId":5},]}"#, .syntax, 1, 26, nil, "/events/1"),
      (#"{"events":[{"eventId":5,"x":tru}]}"#, .syntax, 1, 29, 5, "/events/0/x"),
      (#"{"events":[{"eventId":5,"eventType":"\x"}]}"#, .syntax, 1, 38, 5, "/events/0/eventType"),
      (#"{"events":[{"eventId":5"#, .truncated, 1, 24, 5, "/events/0/eventId"),
      (#"{"events":[{"eventId":5,"eventTi"#, .truncated, 1, 33, 5, "/events/0/eventT"),
      (#"{"events":[5]}"#, .value, 1, 12, nil, "/events/0"),
      (#"{"events":[null]}"#, .value, 1, 12, nil, "/events/0"),
      (#"{"events":5}"#, .value, 1, 11, nil, "/events"),
      (#"{"foo":1}"#, .unrecognized, 1, 1, nil, ""),
      (#"[1,2]"#, .unrecognized, 1, 2, nil, "/0"),
      (
        #"[{"eventId":5,"timerFiredEventAttributes":{},"timerStartedEventAttributes":{}}]"#, .conflictingAttributes, 1,
        78, 5,
        "/0/timerStartedEventAttributes"
      ),
    ]
    for (text, code, line, column, event, pointer) in table {
      let found = try error(text.utf8)
      XCTAssertEqual(found.code, code, text)
      XCTAssertEqual(found.line, line, "\(text): \(found)")
      XCTAssertEqual(found.column, column, "\(text): \(found)")
      XCTAssertEqual(found.eventID, event, "\(text): \(found)")
      XCTAssertEqual(found.pointer, pointer, "\(text): \(found)")
      XCTAssertEqual(found.file, "h.json")
    }
  }

  func testAnErrorReadsWell() throws {
    XCTAssertEqual(
      try error("{\"events\":[\n {\"eventId\":\"5\",\n\"taskId\":true}]}".utf8).description,
      "h.json:3:10: expected an integer, found a boolean (event 5, at /events/0/taskId)")
    XCTAssertEqual(
      try error(#"[{"eventId":5,"eventTime":"noon"}]"#.utf8).description,
      "h.json:1:28: expected a time such as 2026-01-02T03:04:05Z, found “noon” (event 5, at /0/eventTime)")
  }

  func testNestingIsLimited() throws {
    let arrays = #"{"events":[{"eventId":1,"unknown":"# + String(repeating: "[", count: 100_000)
    XCTAssertEqual(try error(arrays.utf8).code, .depth)
    let causes = String(repeating: #"{"cause":"#, count: 5000)
    let failure = #"[{"eventId":1,"workflowExecutionFailedEventAttributes":{"failure":"# + causes
    XCTAssertEqual(try error(failure.utf8).code, .depth)
    let wrappers = String(repeating: "[", count: 100_000)
    XCTAssertEqual(try error(wrappers.utf8).code, .unrecognized)
    let shorthand =
      #"[{"eventId":1,"workflowExecutionStartedEventAttributes":{"input":"# + String(repeating: "[", count: 100_000)
    XCTAssertEqual(try error(shorthand.utf8).code, .depth)
  }

  func testTextThatIsNoUTF8IsRefused() throws {
    let broken =
      Array(#"[{"eventId":1,"timerFiredEventAttributes":{"timerId":""#.utf8) + [0xFF, 0xFE] + Array(#""}}]"#.utf8)
    let found = try error(broken)
    XCTAssertEqual(found.code, .encoding)
    XCTAssertEqual(found.pointer, "/0/timerFiredEventAttributes/timerId")
    XCTAssertEqual(try error(#"[{"eventType":"\ud800 alone"}]"#.utf8).code, .encoding)
  }

  func testOtherFilesAreRecognisedForWhatTheyAre() throws {
    XCTAssertEqual(try error([]).code, .empty)
    XCTAssertEqual(try error(" \n\t ".utf8).code, .empty)
    XCTAssertEqual(try error([0xFF, 0xFE, 0x7B, 0x00]).hint?.contains("PowerShell"), true)
    XCTAssertEqual(try error("Progress:\n  ID   Time".utf8).message, "the file is text, but not JSON")
    XCTAssertEqual(try error([0x00, 0x01]).code, .unrecognized)
  }

  func testBinaryFilesThatAreDamagedAreRefused() throws {
    let bytes = HistoryWriter.protobuf(Fixtures.order)
    let cut = try error(bytes.dropLast(3))
    XCTAssertEqual(cut.code, .truncated)
    XCTAssertEqual(cut.offset, bytes.count - 3)
    XCTAssertEqual(try error([0x0A, 0x05, 0x08, 0x01, 0xFF, 0xFF, 0xFF]).code, .binary)
    XCTAssertEqual(try error([0x0A, 0x00, 0x03]).code, .binary)
  }

  func testBlobsThatAreDamagedAreRefused() throws {
    let found = try error(#"{"rawHistory":[{"encodingType":"Proto3","data":"CgUI"}]}"#.utf8)
    XCTAssertEqual(found.code, .truncated)
    XCTAssertEqual(found.pointer, "/rawHistory/0")
  }

  func testGzipIsGuarded() throws {
    let compressed = gzip(Array(#"{"events":[]}"#.utf8))
    XCTAssertEqual(try error(compressed, limit: 5).code, .tooLarge)
    XCTAssertEqual(try error(compressed.dropLast(12)).code, .truncated)
    var damaged = compressed
    damaged[10] = 0x07
    XCTAssertEqual(try error(damaged).code, .compression)
  }

  func testFilesThatCannotBeReadSayWhy() {
    let missing = NSTemporaryDirectory() + "hindcast-no-such-file.json"
    XCTAssertThrowsError(try HistoryReader.histories(inFile: missing)) { error in
      XCTAssertEqual("\(error)", "\(missing): there is no such file")
    }
    XCTAssertThrowsError(try HistoryReader.histories(inFile: NSTemporaryDirectory())) { error in
      XCTAssertEqual((error as? HistoryError)?.message, "it is a folder, not a file")
    }
  }
}
