import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Whatever the bytes are, reading ends with histories or with an error.
final class FuzzTests: XCTestCase {
  /// The seed and the number of changes to each source; `HINDCAST_FUZZ=7,100000` goes further than every run can.
  private static let (seed, rounds): (UInt64, Int) = {
    let named = ProcessInfo.processInfo.environment["HINDCAST_FUZZ"]?.split(separator: ",") ?? []
    return (named.first.flatMap { UInt64($0) } ?? 1, named.dropFirst().first.flatMap { Int($0) } ?? 250)
  }()

  private static let sources: [[UInt8]] = {
    let order = Fixtures.order
    let compact = #"{"events":\#(Fixtures.eventsJSON)}"#
    let shorthand =
      #"[{"eventId":1,"eventType":"WorkflowExecutionStarted","workflowExecutionStartedEventAttributes":{"input":[{"a":[1,null]},null,{"metadata":{"encoding":"json/plain"},"data":{}}],"memo":{"fields":{"x":{"data":"MQ==","metadata":{"encoding":"anNvbi9wbGFpbg\u003d="}}}},"continuedFailure":{"cause":{"cause":{"message":"m"}}}}}]"#
    let raw =
      #"{"rawHistory":[{"encodingType":"Proto3","data":"\#(Data(HistoryWriter.protobuf(order)).base64EncodedString())"}]}"#
    let binary = HistoryWriter.protobuf(order)
    return [
      HistoryWriter.json(order), Array(compact.utf8), Array(shorthand.utf8), Array(raw.utf8), binary,
      gzip(Array(compact.utf8)),
      Array("[\(compact),\(compact)]".utf8), Array(#"{"history":\#(compact),"nextPageToken":"x"}"#.utf8),
    ]
  }()

  /// Pieces that mean something to the reader.
  private static let pieces: [[UInt8]] =
    [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "null", "true", "-", "1e999", "9223372036854775808",
      "\"events\":",
      "\"history\":", "\"items\":", "\"eventId\":\"-9223372036854775808\"", "\"data\":",
      "\"metadata\":{\"encoding\":\"json/plain\"}",
      "{\"events\":[{", "\u{FEFF}", "\u{0}", "\u{1F}",
    ].map { Array($0.utf8) } + [[0xFF], [0x0A], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x80], [0x1F, 0x8B]]

  func testEveryTruncationEnds() {
    for source in Self.sources.map({ $0.prefix(4000) }) {
      for count in stride(from: 0, to: source.count, by: source.count > 1000 ? 7 : 1) {
        read(Array(source.prefix(count)))
      }
    }
  }

  func testRandomChangesEnd() {
    var numbers = SeededNumbers(seed: Self.seed)
    for source in Self.sources {
      for _ in 0..<Self.rounds {
        var bytes = source
        for _ in 0..<Int.random(in: 1...4, using: &numbers) { change(&bytes, &numbers) }
        read(bytes)
      }
    }
  }

  func testRandomBytesEnd() {
    var numbers = SeededNumbers(seed: Self.seed &+ 1)
    for _ in 0..<Self.rounds * 2 {
      let count = Int.random(in: 0...200, using: &numbers)
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &numbers) }
      read(bytes)
      read([0x0A] + bytes)
      read([0x1F, 0x8B, 8] + bytes)
      read((0..<count / 4).flatMap { _ in Self.pieces.randomElement(using: &numbers) ?? [] })
    }
  }

  private func change(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &numbers)
    let end = min(place + Int.random(in: 1...30, using: &numbers), bytes.count)
    switch Int.random(in: 0..<6, using: &numbers) {
    case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &numbers)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.insert(contentsOf: Self.pieces.randomElement(using: &numbers) ?? [], at: place)
    default: bytes.replaceSubrange(place..<end, with: Self.pieces.randomElement(using: &numbers) ?? [])
    }
  }

  /// Reads, and does with what was read all that can be done with it.
  private func read(_ bytes: [UInt8]) {
    guard let histories = try? HistoryReader.histories(from: bytes, named: "fuzz", decompressedLimit: 1 << 20) else {
      return
    }
    XCTAssertFalse(histories.isEmpty, "\(bytes)")
    for history in histories {
      let findings = HistoryValidator.findings(in: history)
      if history.events.isEmpty { XCTAssertEqual(findings.map(\.code), [.noEvents]) }
      let again = try? HistoryReader.histories(from: HistoryWriter.json(history), named: "again")
      XCTAssertEqual(again?.map { $0.events.map(\.eventID) }, [history.events.map(\.eventID)], "\(bytes)")
      XCTAssertTrue(HistoryDiff(history, history).isEmpty, "\(bytes)")
    }
  }
}
