import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

/// The forms of payloads in spec/replay.md, 1.4.
final class PayloadFormTests: XCTestCase {
  /// The payload that a memo's entry is read as, with what the reader noted.
  private func read(_ text: String) throws -> (
    encoding: String?, data: String, metadata: Int, notes: [HistoryNote.Kind]
  ) {
    let file = Fixtures.file(firstEventHas: #""memo":{"fields":{"k":\#(text)}}"#)
    let history = try XCTUnwrap(Fixtures.read(file).first)
    let payload = try XCTUnwrap(history.startedAttributes?.memo.fields["k"])
    return (
      payload.encoding, String(decoding: payload.data, as: UTF8.self), payload.metadata.count, history.notes.map(\.kind)
    )
  }

  func testCanonicalPayloadsAreKeptByteForByte() throws {
    let table: [(String, encoding: String?, data: String)] = [
      (#"{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"eyJhIjogMX0="}"#, "json/plain", #"{"a": 1}"#),
      (#"{"data":"MQ","metadata":{"encoding":"anNvbi9wbGFpbg"}}"#, "json/plain", "1"),
      (#"{"metadata":{"encoding":"YmluYXJ5L251bGw="}}"#, "binary/null", ""),
      (#"{"metadata":{"encoding":"YmluYXJ5L251bGw="},"data":null}"#, "binary/null", ""),
      (#"{"metadata":{"encoding":"YmluYXJ5L2VuY3J5cHRlZA==","key":"MQ=="},"data":"MQ=="}"#, "binary/encrypted", "1"),
      (#"{"metadata":{},"data":"MQ=="}"#, nil, "1"),
    ]
    for (text, encoding, data) in table {
      let found = try read(text)
      XCTAssertEqual(found.encoding, encoding, text)
      XCTAssertEqual(found.data, data, text)
      XCTAssertEqual(found.notes, [], text)
    }
  }

  func testShorthandIsEncodedAgain() throws {
    let table: [(String, encoding: String, data: String)] = [
      ("3", "json/plain", "3"), (#""text""#, "json/plain", #""text""#), ("true", "json/plain", "true"),
      ("null", "binary/null", ""), (#"[ 1, "a b" ]"#, "json/plain", #"[1,"a b"]"#),
      (#"{"b": 1, "a": "x y"}"#, "json/plain", #"{"b":1,"a":"x y"}"#),
      (#"{}"#, "json/plain", "{}"),
      (#"{"data": "abcd"}"#, "json/plain", #"{"data":"abcd"}"#),
      (#"{"metadata": 1, "data": "abcd"}"#, "json/plain", #"{"metadata":1,"data":"abcd"}"#),
      (#"{"_protoMessageType": "a.B", "x": 1}"#, "json/protobuf", #"{"x":1}"#),
      (#"{"x": 1, "_protoMessageType": "a.B"}"#, "json/protobuf", #"{"x":1}"#),
      (#""a \" b""#, "json/plain", #""a \" b""#),
    ]
    for (text, encoding, data) in table {
      let found = try read(text)
      XCTAssertEqual(found.encoding, encoding, text)
      XCTAssertEqual(found.data, data, text)
      XCTAssertEqual(found.notes, [.payloadReencoded], text)
    }
  }

  func testDecodedDownloadsAreEncodedAgain() throws {
    let table: [(String, encoding: String, data: String)] = [
      (#"{"metadata":{"encoding":"json/plain"},"data":{"a": [1, 2]}}"#, "json/plain", #"{"a":[1,2]}"#),
      (#"{"metadata":{"encoding":"json/plain"},"data":"hello"}"#, "json/plain", #""hello""#),
      (#"{"metadata":{"encoding":"json/plain"},"data":"eyJhIjoxfQ=="}"#, "json/plain", #"{"a":1}"#),
      (#"{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":{"a":1}}"#, "json/plain", #"{"a":1}"#),
      (#"{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"not base64!"}"#, "json/plain", #""not base64!""#),
      (#"{"metadata":{"encoding":"binary/plain"},"data":"not base64!"}"#, "binary/plain", "not base64!"),
      (#"{"metadata":{"encoding":"json/plain","type":"Keyword"},"data":7}"#, "json/plain", "7"),
    ]
    for (text, encoding, data) in table {
      let found = try read(text)
      XCTAssertEqual(found.encoding, encoding, text)
      XCTAssertEqual(found.data, data, text)
      XCTAssertEqual(found.notes, [.payloadReencoded], text)
    }
  }

  func testListsOfPayloadsMayBeArrays() throws {
    let table: [(String, [String])] = [
      (#"[{"id": 1}, null, "x"]"#, [#"{"id":1}"#, "", #""x""#]), ("[]", []),
      (#"{"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"MQ=="}, 2]}"#, ["1", "2"]),
      (#"[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"MQ=="}]"#, ["1"]),
    ]
    for (text, data) in table {
      let input = try Fixtures.started(#""input":\#(text)"#).input
      XCTAssertEqual(input.payloads.map { String(decoding: $0.data, as: UTF8.self) }, data, text)
    }
  }

  func testMetadataThatRepeatsIsReadAlike() throws {
    let payload = #"{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"MQ=="}"#
    let other = #"{"metadata":{"encoding":"anNvbi9wbGFpbg==","x":"MQ=="},"data":"MQ=="}"#
    let input = try Fixtures.started(#""input":{"payloads":[\#(payload),\#(payload),\#(other),\#(payload)]}"#).input
    XCTAssertEqual(input.payloads.map(\.metadata.count), [1, 1, 2, 1])
  }

  func testPayloadsDescribeThemselves() {
    XCTAssertEqual(Fixtures.json(#"{"a":1}"#).summary(), #"{"a":1}"#)
    XCTAssertEqual(Fixtures.json(#""0123456789""#).summary(limit: 5), "\"0123…")
    XCTAssertEqual(Payload.with { $0.metadata = ["encoding": Data("binary/null".utf8)] }.summary(), "null")
    let encrypted = Payload.with {
      $0.metadata = ["encoding": Data("binary/encrypted".utf8)]
      $0.data = Data([1, 2, 3])
    }
    XCTAssertEqual(encrypted.summary(), "<binary/encrypted, 3 bytes>")
    XCTAssertNil(encrypted.jsonText)
    XCTAssertEqual(Payloads.with { $0.payloads = [Fixtures.json("1"), Fixtures.json("2")] }.summary(), "[1, 2]")
  }
}
