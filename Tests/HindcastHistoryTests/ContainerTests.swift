import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

/// The forms of files in spec/replay.md, 1.1.
final class ContainerTests: XCTestCase {
  private let events = Fixtures.eventsJSON

  func testEveryFormOfOneHistoryGivesItsEvents() throws {
    let binary = HistoryWriter.protobuf(Fixtures.order)
    let half = Fixtures.order.events.count / 2
    let first = Fixtures.eventsText(Fixtures.order.events[..<half])
    let second = Fixtures.eventsText(Fixtures.order.events[half...])
    let blobs = [Fixtures.order.events[..<half], Fixtures.order.events[half...]].map { part in
      Data(HistoryWriter.protobuf(WorkflowHistory(events: Array(part)))).base64EncodedString()
    }
    let export = Temporal_Api_Export_V1_WorkflowExecutions.with {
      $0.items = [.with { $0.history.events = Fixtures.order.events }]
    }
    let loose = Fixtures.order.events.map { HistoryWriter.json($0, indented: false) }.joined(separator: "\n")
    let table: [(String, [UInt8], HistoryOrigin.Container, firstPointer: String, lastPointer: String)] = [
      ("C1", text(#"{"events":\#(events)}"#), .history, "/events/0", "/events/12"),
      (
        "C2", text(#"{"workflow_id":"w","runId":"r","foo":1,"events":\#(events)}"#), .history, "/events/0", "/events/12"
      ),
      ("C3", text(#"[{"events":\#(events)}]"#), .historyArray, "/0/events/0", "/0/events/12"),
      ("C4", text(events), .events, "/0", "/12"),
      ("C4, one a line", text(loose), .events, "/0", "/12"),
      (
        "C5", text(#"{"history":{"events":\#(events)},"nextPageToken":""}"#), .response, "/history/events/0",
        "/history/events/12"
      ),
      (
        "C6, concatenated",
        text(
          #"{"history":{"events":\#(first)},"nextPageToken":"eA=="}"# + "\n" + #"{"history":{"events":\#(second)}}"#),
        .response, "/0/history/events/0", "/1/history/events/6"
      ),
      (
        "C6, array", text(#"[{"history":{"events":\#(first)}},{"history":{"events":\#(second)}}]"#), .response,
        "/0/history/events/0", "/1/history/events/6"
      ),
      (
        "C7",
        text(
          #"{"rawHistory":[{"encodingType":"Proto3","data":"\#(blobs[0])"},{"encodingType":1,"data":"\#(blobs[1])"}]}"#),
        .rawHistory, "/rawHistory/0/data/events/0", "/rawHistory/1/data/events/6"
      ),
      ("C8", binary, .binaryHistory, "/events/0", "/events/12"),
      ("C9", try export.serializedBytes(), .binaryExport, "/items/0/history/events/0", "/items/0/history/events/12"),
      (
        "C10", text(#"{"items":[{"history":{"events":\#(events)}}]}"#), .export, "/items/0/history/events/0",
        "/items/0/history/events/12"
      ),
      ("C13", text(#"[{"events":\#(first)},{"events":\#(second)}]"#), .historyArray, "/0/events/0", "/1/events/6"),
      ("a byte order mark", [0xEF, 0xBB, 0xBF] + text(#"{"events":\#(events)}"#), .history, "/events/0", "/events/12"),
    ]
    for (name, bytes, container, firstPointer, lastPointer) in table {
      for isCompressed in [false, true] {
        let histories = try HistoryReader.histories(from: isCompressed ? gzip(bytes) : bytes, named: name)
        XCTAssertEqual(histories.count, 1, name)
        let history = try XCTUnwrap(histories.first)
        XCTAssertEqual(history.events, Fixtures.order.events, name)
        XCTAssertEqual(history.origin.container, container, name)
        XCTAssertEqual(history.origin.isCompressed, isCompressed, name)
        XCTAssertEqual(history.origin.pointer(toEventAt: 0), firstPointer, name)
        XCTAssertEqual(history.origin.pointer(toEventAt: 12), lastPointer, name)
        XCTAssertFalse(history.origin.isTruncated, name)
        XCTAssertEqual(history.workflowTypeName, "app:order_workflow", name)
        XCTAssertTrue(history.isClosed, name)
      }
    }
  }

  func testTheIDsBesideTheEventsCountBeforeThoseInTheFirstEvent() throws {
    let beside = try XCTUnwrap(Fixtures.read(#"{"workflowId":"w","run_id":"r","events":\#(events)}"#).first)
    XCTAssertEqual(beside.workflowID, "w")
    XCTAssertEqual(beside.runID, "r")
    let inside = try XCTUnwrap(Fixtures.read(#"{"events":\#(events)}"#).first)
    XCTAssertEqual(inside.workflowID, "order-17")
    XCTAssertEqual(inside.runID, "0a3f1c52-8d3e-4b7a-9c1d-2e5f6a7b8c9d")
  }

  func testAFileMayHoldSeveralHistories() throws {
    let two = [
      #"[{"events":\#(events)},{"events":\#(events)}]"#,
      #"{"events":\#(events)}"# + "\n" + #"{"events":\#(events)}"#,
      #"{"items":[{"history":{"events":\#(Fixtures.eventsText(Fixtures.order.events.prefix(3)))}},{"history":{"events":\#(events)}}]}"#,
    ]
    for text in two {
      let histories = try Fixtures.read(text)
      XCTAssertEqual(histories.count, 2, text.prefix(30).description)
      XCTAssertEqual(histories.map(\.origin.index), [0, 1])
      XCTAssertEqual(histories.map(\.origin.name), ["test.json#1", "test.json#2"])
    }
  }

  func testPagesInAWrongOrderArePutInOrder() throws {
    let first = Fixtures.eventsText(Fixtures.order.events[..<5])
    let second = Fixtures.eventsText(Fixtures.order.events[5...])
    let histories = try Fixtures.read(#"[{"history":{"events":\#(second)}},{"history":{"events":\#(first)}}]"#)
    XCTAssertEqual(histories.map(\.events), [Fixtures.order.events])
    XCTAssertEqual(histories.first?.notes.map(\.kind), [.pagesReordered])
    XCTAssertEqual(histories.first?.origin.pointer(toEventAt: 5), "/0/history/events/0")
  }

  func testEventsThatPagesRepeatAreDroppedAndNoted() throws {
    let first = Fixtures.eventsText(Fixtures.order.events[..<6])
    let second = Fixtures.eventsText(Fixtures.order.events[4...])
    let history = try XCTUnwrap(
      Fixtures.read(#"{"history":{"events":\#(first)}} {"history":{"events":\#(second)}}"#).first)
    XCTAssertEqual(history.events, Fixtures.order.events)
    XCTAssertEqual(history.notes.map(\.kind), [.repeatedEventDropped, .repeatedEventDropped])
    XCTAssertEqual(history.notes.map(\.eventID), [5, 6])
    XCTAssertEqual(history.origin.pointer(toEventAt: 6), "/1/history/events/2")
  }

  func testRepeatedEventsWithOtherContentStayAndMakeTheHistoryInvalid() throws {
    var changed = Array(Fixtures.order.events[4...])
    changed[1].taskID = 7
    let first = Fixtures.eventsText(Fixtures.order.events[..<6])
    let history = try XCTUnwrap(
      Fixtures.read(#"{"history":{"events":\#(first)}} {"history":{"events":\#(Fixtures.eventsText(changed))}}"#).first)
    XCTAssertEqual(history.events.map(\.eventID), [1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13])
    XCTAssertEqual(HistoryValidator.findings(in: history).filter { $0.severity == .error }.map(\.code), [.eventIDs])
  }

  func testATokenOfANextPageMeansThatEventsAreMissing() throws {
    let text = #"{"history":{"events":\#(events)},"nextPageToken":"bW9yZQ=="}"#
    let history = try XCTUnwrap(Fixtures.read(text).first)
    XCTAssertTrue(history.origin.isTruncated)
    XCTAssertEqual(history.notes.map(\.kind), [.truncated])
  }

  func testAnExportThatDeliversARunTwiceGivesItOnce() throws {
    let item = Temporal_Api_Export_V1_WorkflowExecution.with { $0.history.events = Fixtures.order.events }
    let export = Temporal_Api_Export_V1_WorkflowExecutions.with { $0.items = [item, item, .init()] }
    let histories = try HistoryReader.histories(from: try export.serializedBytes() as [UInt8], named: "export")
    XCTAssertEqual(histories.map(\.events.count), [13, 0])
    XCTAssertEqual(histories.first?.notes.map(\.kind), [.repeatedHistoryDropped])
  }

  func testEmptyHistoriesAreHistoriesThatAreInvalid() throws {
    for text in [#"{"events":[]}"#, "[]", #"{"history":{}}"#, #"{"history":{"events":[]}}"#, #"[{"events":[]}]"#] {
      let histories = try Fixtures.read(text)
      XCTAssertEqual(histories.map(\.events.count), [0], text)
      XCTAssertEqual(histories.flatMap { HistoryValidator.findings(in: $0) }.map(\.code), [.noEvents], text)
    }
  }

  func testDeflatedFilesAreRead() throws {
    let compressed = try XCTUnwrap(Data(base64Encoded: "H4sIAAAAAAACA6tWSi1LzSspVrKKjq0FADp5TF8NAAAA"))
    XCTAssertEqual(try HistoryReader.histories(from: compressed, named: "x").map(\.events.count), [0])
    XCTAssertEqual(try HistoryReader.histories(from: compressed + compressed, named: "two members").count, 2)
  }

  private func text(_ text: String) -> [UInt8] {
    Array(text.utf8)
  }
}

/// A gzip file whose content is stored as it is.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
  var rest = bytes[...]
  repeat {
    let block = rest.prefix(0xFFFF)
    rest = rest.dropFirst(block.count)
    let count = UInt16(block.count)
    out += [rest.isEmpty ? 1 : 0, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
    out += block
  } while !rest.isEmpty
  var checksum: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    checksum ^= UInt32(byte)
    for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
  }
  for value in [~checksum, UInt32(bytes.count)] {
    out += (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
  return out
}
