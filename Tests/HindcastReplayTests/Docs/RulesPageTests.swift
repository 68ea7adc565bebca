import Foundation
import HindcastCore
import HindcastReport
import XCTest

/// The page of the rules says what reports say, and has an example for each.
final class RulesPageTests: XCTestCase {
  func testEveryRuleIsThereAsReportsHaveIt() throws {
    let page = try String(contentsOf: Documentation.page("Rules"), encoding: .utf8)
    let sections = page.components(separatedBy: "\n### ").dropFirst()
    XCTAssertEqual(
      sections.map { String($0.prefix { $0 != "\n" }) }, RuleCode.allCases.map(\.rawValue), "in the order of the codes")
    for (section, rule) in zip(sections, RuleCode.allCases) {
      let details = rule.details
      let parts = section.components(separatedBy: "\n\n")
      guard parts.count >= 5 else {
        XCTFail("\(rule.rawValue): the section has too few parts: \(section)")
        continue
      }
      XCTAssertEqual(parts[1], "**\(details.title)** (\(details.severity.rawValue)). \(details.explanation)")
      XCTAssertTrue(parts[3].hasPrefix("```") && parts[3].count > 15, "\(rule.rawValue) has no example")
      XCTAssertEqual(parts[4].trimmingCharacters(in: .newlines), "*What to do:* \(details.remedy)")
    }
  }
}

/// The pages of the documentation.
enum Documentation {
  /// The package's folder.
  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func page(_ name: String) -> URL { package.appending(path: "Sources/hindcast/Hindcast.docc/\(name).md") }
}
