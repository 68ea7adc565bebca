import Foundation
import XCTest

@testable import HindcastCore

final class JSONEqualityTests: XCTestCase {
  private let equal = [
    ("1", "1"), ("1", "1.0"), ("1e2", "100"), ("\"a\"", " \"a\" "), ("{}", "{ }"), ("[]", "[ ]"), ("null", "null"),
    ("{\"a\":1,\"b\":[1,2]}", "{ \"b\": [1, 2.0], \"a\": 1 }"), ("\"\\u0041\"", "\"A\""),
    ("{\"\\u0061\":1}", "{\"a\":1}"),
    ("[{\"x\":{\"y\":null}}]", "[ { \"x\" : { \"y\" : null } } ]"), ("\"<\"", "\"\\u003c\""),
  ]
  private let different = [
    ("1", "2"), ("1", "\"1\""), ("true", "false"), ("{}", "[]"), ("{\"a\":1}", "{\"a\":2}"), ("{\"a\":1}", "{\"b\":1}"),
    ("{\"a\":1}", "{\"a\":1,\"b\":2}"), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"), ("[1,1]", "[1]"), ("\"a\"", "\"b\""),
    ("null", "{}"), ("{\"a\":[1]}", "{\"a\":{}}"), ("1", "1 1"), ("[", "["), ("{\"a\"", "{\"a\""), ("", ""),
    ("\"", "\""),
    ("{\"a\":1}", "{\"a\":1"), ("[1,", "[1,"), ("\"\\", "\"\\"),
  ]

  func testWhatMeansTheSameIsEqual() {
    for (a, b) in equal {
      XCTAssertTrue(JSONEquality.areEqual(Data(a.utf8), Data(b.utf8)), "\(a) and \(b)")
      XCTAssertTrue(JSONEquality.areEqual(Data(b.utf8), Data(a.utf8)), "\(b) and \(a)")
    }
  }

  func testWhatDiffersOrIsNoJSONIsNot() {
    for (a, b) in different {
      XCTAssertFalse(JSONEquality.areEqual(Data(a.utf8), Data(b.utf8)), "\(a) and \(b)")
      XCTAssertFalse(JSONEquality.areEqual(Data(b.utf8), Data(a.utf8)), "\(b) and \(a)")
    }
    let deep = Data(String(repeating: "[", count: 200_000).utf8)
    XCTAssertFalse(JSONEquality.areEqual(deep, deep))
  }
}
