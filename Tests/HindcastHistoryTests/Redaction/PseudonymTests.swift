import XCTest

@testable import HindcastHistory

/// The stand-ins of redacted texts.
final class PseudonymTests: XCTestCase {
  private let pseudonyms = Pseudonyms(SipHash(1, 2))

  /// The vectors of the paper: keys 00…0f, messages of 0, 1, 2 … bytes counted up from 0.
  func testHashGivesThePublishedValues() {
    let hash = SipHash(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
    let expected: [Int: UInt64] = [
      0: 0x726f_db47_dd0e_0e31, 1: 0x74f8_39c5_93dc_67fd, 7: 0xab02_00f5_8b01_d137, 8: 0x93f5_f579_9a93_2462,
      15: 0xa129_ca61_49be_45e5,
    ]
    for (count, value) in expected { XCTAssertEqual(hash((0..<count).map { UInt8($0) }), value, "\(count) bytes") }
  }

  func testShapeStaysAndTextGoes() {
    let texts = [
      "a", "Z", "7", "ann", "Order-17", "a1b2@example.com", "4111 1111 1111 1111", "2024-02-29T10:00:00Z",
      "A long sentence, with more letters in it than can be numbered.", "Müller", "東京", "x\u{0}y", "🙂a",
    ]
    for text in texts {
      let standIn = pseudonyms.standIn(for: text)
      XCTAssertNotEqual(standIn, text)
      XCTAssertEqual(standIn.utf8.count, text.utf8.count, text)
      for (old, new) in zip(text.utf8, standIn.utf8) { XCTAssertEqual(kind(old), kind(new), "\(text): \(standIn)") }
    }
  }

  private func kind(_ byte: UInt8) -> String {
    switch Unicode.Scalar(byte) {
    case "a"..."z", "\u{80}"...: "lower"
    case "A"..."Z": "upper"
    case "0"..."9": "digit"
    default: String(byte)
    }
  }

  func testWhatHasNoLetterAndNoDigitStays() {
    for text in ["", " ", "-", "{}…".replacingOccurrences(of: "…", with: "/")] {
      XCTAssertEqual(pseudonyms.standIn(for: text), text)
    }
  }

  func testEveryTextOfAShapeHasAnother() {
    for (shape, texts) in [
      ("digit", (0...9).map { "\($0)" }), ("two digits", (0...99).map { $0 < 10 ? "0\($0)" : "\($0)" }),
      ("letter and digit", "abcdefghijklmnopqrstuvwxyz".flatMap { letter in (0...9).map { "\(letter)-\($0)" } }),
    ] {
      let standIns = texts.map { pseudonyms.standIn(for: $0) }
      XCTAssertEqual(Set(standIns), Set(texts), shape)
      for (text, standIn) in zip(texts, standIns) { XCTAssertNotEqual(text, standIn, shape) }
    }
  }

  func testLongTextsThatDifferInOneLetterDiffer() {
    let long = String(repeating: "abcdefgh", count: 8)
    XCTAssertNotEqual(pseudonyms.standIn(for: long + "a"), pseudonyms.standIn(for: long + "b"))
    XCTAssertEqual(pseudonyms.standIn(for: long), pseudonyms.standIn(for: long))
  }

  func testAnotherKeyGivesOthers() {
    let other = Pseudonyms(SipHash(1, 3))
    let texts = (0..<20).map { "customer-\($0 * 7919)" }
    XCTAssertNotEqual(texts.map { pseudonyms.standIn(for: $0) }, texts.map { other.standIn(for: $0) })
  }

  func testNumbersStayNumbersOfTheirLength() throws {
    for number in ["0", "7", "-3", "10", "123456", "0.25", "-1.5e10", "98765432109876543210.5"] {
      let standIn = pseudonyms.standIn(forNumber: number)
      XCTAssertNotEqual(standIn, number)
      XCTAssertEqual(standIn.utf8.count, number.utf8.count)
      let array = Array("[\(standIn)]".utf8)
      try array.withUnsafeBufferPointer { bytes in
        var scanner = JSONScanner(bytes)
        XCTAssertNoThrow(try scanner.skipValue(), standIn)
      }
      XCTAssertEqual(number.hasPrefix("-"), standIn.hasPrefix("-"))
      XCTAssertEqual(number.firstIndex(of: ".") != nil, standIn.firstIndex(of: ".") != nil)
    }
  }

  func testDurationsAreTold() {
    for text in ["1s", "1h30m", "-0.5s", "250ms", "1.5h", "3µs"] { XCTAssertTrue(DurationText.isDuration(text), text) }
    for text in ["", "1", "s", "-", "1d", "1h and more", "h1", "1..5s", "1s "] {
      XCTAssertFalse(DurationText.isDuration(text), text)
    }
  }
}
