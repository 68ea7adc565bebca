import HindcastApp
import XCTest

/// Modules whose functions are not there are told of when an app is loaded.
final class ModuleWarningTests: XCTestCase {
  func testModulesWithoutFunctionsAreNamed() throws {
    let app = try AppText(
      workflows: ["flow": "return 1"], activities: ["act": "return 1"], workflowModules: ["yaml", "html"],
      activityModules: ["http_client", "sql"]
    ).load()
    let told = app.warnings.map { $0.drop { $0 != " " }.dropFirst() }.map(String.init)
    XCTAssertEqual(
      told,
      [
        "app:flow: the functions of module html are not available in Hindcast yet",
        "app:act: the functions of module sql are not available in Hindcast yet",
      ])
    XCTAssertTrue(app.warnings.allSatisfy { $0.contains("_index.yaml:") }, "\(app.warnings)")
  }
}
