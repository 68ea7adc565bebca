import HindcastHistory
import TemporalAPI
import XCTest

/// The names that a worker knows its workflows by.
final class AliasTests: XCTestCase {
  private static let entry = """
      - name: named
        kind: workflow.lua
        source: file://named.lua
        method: main
        meta: {temporal: {workflow: {worker: "app:worker", name: order}}}
    """

  private func app(_ options: [String]) -> AppText {
    var text = AppText(options: options, entries: Self.entry)
    text.sources["named.lua"] = "local function main() return 1 end\nreturn { main = main }"
    return text
  }

  func testEntryOfAWorkflowIsANameOfItUnlessTheWorkerSaysOtherwise() async throws {
    let cases: [(options: [String], type: String, isKnown: Bool)] = [
      ([], "order", true), ([], "app:named", true),
      (["disable_registration_aliasing: true"], "order", true),
      (["disable_registration_aliasing: true"], "app:named", false),
    ]
    for (options, type, isKnown) in cases {
      try await withApp(app(options)) { rig in
        try await rig.start(type)
        if isKnown {
          let result = try await rig.result()
          XCTAssertEqual(result, "1")
        } else {
          try await rig.untilHistory { $0.contains { $0.eventType == .workflowTaskFailed } }
          let failed = try await rig.history().first { $0.eventType == .workflowTaskFailed }
          XCTAssertEqual(
            failed?.workflowTaskFailedEventAttributes.failure.message,
            "unable to find workflow type: app:named. Supported types: [order]")
        }
      }
    }
  }
}
