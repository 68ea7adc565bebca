import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastServer

/// The tables of a run.
final class RecordTableTests: XCTestCase {
  private static func activity(_ name: String) -> ActivityRecord { .with { $0.scheduled.activityID = name } }

  func testACopyGoesItsOwnWay() {
    var table = RecordTable<Int64, ActivityRecord>()
    table[5] = Self.activity("a")
    var copy = table
    copy[7] = Self.activity("b")
    copy.update(5) { $0.attempt = 2 }
    XCTAssertEqual(table.sorted.map(\.name), ["a"])
    XCTAssertEqual(table[5]?.attempt, 0)
    XCTAssertNil(table.key(named: "b"))
    XCTAssertEqual(copy.sorted.map(\.name), ["a", "b"])
    XCTAssertEqual(copy[5]?.attempt, 2)
    XCTAssertEqual(copy.key(named: "b"), 7)
    XCTAssertNotEqual(table, copy)
  }

  func testWhatChangedIsRememberedUntilItIsSaved() {
    var table = RecordTable<Int64, ActivityRecord>()
    table.markSaved()
    XCTAssertNil(table.remove(5))
    XCTAssertNil(table.update(5) { $0.attempt = 2 })
    XCTAssertEqual(table.changed, [])
    table.restore(Self.activity("a"), for: 5)
    XCTAssertEqual(table.changed, [])
    XCTAssertEqual(table.remove(5)?.name, "a")
    XCTAssertEqual(table.changed, [5])
    XCTAssertNil(table.key(named: "a"))
    XCTAssertEqual(table, RecordTable(), "what is saved does not count")
    table.markSaved()
    XCTAssertEqual(table.changed, [])
    XCTAssertTrue(table.isEmpty)
  }

  func testRunIDs() {
    let cases: [(text: String, isUUID: Bool)] = [
      ("0b5a1f9e-7c3d-4e2f-8a6b-1234567890ab", true), ("0B5A1F9E-7C3D-4E2F-8A6B-1234567890AB", true),
      ("", false), ("x", false), ("0b5a1f9e-7c3d-4e2f-8a6b-1234567890a", false),
      ("0b5a1f9e-7c3d-4e2f-8a6b-1234567890abc", false), ("0b5a1f9e07c3d-4e2f-8a6b-1234567890ab", false),
      ("0b5a1f9g-7c3d-4e2f-8a6b-1234567890ab", false), ("0b5a1f9e-7c3d-4e2f-8a6b--234567890ab", false),
      // 36 bytes, and 36 characters.
      ("0b5a1f9é-7c3d-4e2f-8a6b-1234567890a", false), ("0b5a1f9é-7c3d-4e2f-8a6b-1234567890ab", false),
    ]
    for (text, isUUID) in cases { XCTAssertEqual(text.isUUID, isUUID, text) }
  }
}
