import HindcastCore
import HindcastReport
import XCTest

final class RuleDescriptionTests: XCTestCase {
  func testEveryRuleHasItsOwnWords() {
    var titles: Set<String> = []
    for rule in RuleCode.allCases {
      let details = rule.details
      XCTAssertTrue(titles.insert(details.title).inserted, "\(rule) shares its title with another rule")
      XCTAssertTrue(details.explanation.hasSuffix("."), "\(rule)")
      XCTAssertTrue(details.remedy.hasSuffix("."), "\(rule)")
    }
  }

  /// What the replay calls an error must not look harmless in the list of rules, nor the other way round.
  func testSeverities() {
    let errors = RuleCode.allCases.prefix { $0 != .inputChanged }
    for rule in errors { XCTAssertEqual(rule.details.severity, .error, "\(rule)") }
    for rule in RuleCode.allCases.dropFirst(errors.count) {
      XCTAssertLessThan(rule.details.severity, .error, "\(rule)")
    }
  }
}
