import HindcastReplay
import XCTest

final class ShardTests: XCTestCase {
  func testWords() {
    for (text, expected) in [("1/1", "1/1"), ("2/5", "2/5"), ("5/5", "5/5")] {
      XCTAssertEqual(Shard(parsing: text)?.description, expected)
    }
    for text in ["", "1", "0/3", "4/3", "-1/3", "1/0", "1/2/3", "a/b", "1/", "/2", "1 / 2"] {
      XCTAssertNil(Shard(parsing: text), text)
    }
  }

  func testEveryIndexBelongsToOnePart() throws {
    for count in 1...7 {
      let parts = (1...count).compactMap { Shard($0, of: count) }
      for index in 0..<50 { XCTAssertEqual(parts.count { $0.contains(index) }, 1) }
    }
  }
}
