private import Foundation
public import HindcastCore
public import HindcastHistory
private import HindcastReplay
public import HindcastTesting

/// Compares a run's history with the golden one that is kept for it, and replays the golden one against the code of now.
///
/// ```swift
/// func testHappyOrder() async throws {
///   let environment = try TestEnvironment(app: "Histories/orders")
///   environment.activities.mock("app:charge_payment", returning: ["transaction": "tx-1"])
///   let run = try await environment.start("app:order_workflow", Order(id: "17"))
///   try await run.waitUntilClosed()
///   await assertGolden(run)
/// }
/// ```
///
/// The golden history shows whether runs that are under way survive the code: it must replay. The comparison shows whether new
/// runs go the way that was recorded, times, made-up IDs and the like aside. The test fails with the report of what differs.
///
/// The history is `Histories/<test file>/<name>.json` beside the test's file. It is written where there is none; the
/// environment variable `HINDCAST_RECORD` (`never`, `missing`, `failed`, `all`) says otherwise. In continuous integration, where
/// `CI` is set, nothing is ever written.
///
/// - Parameters:
///   - run: The run; its newest one where runs follow each other.
///   - name: What the history is called; by default as the test.
///   - record: When it is written, where the environment does not say.
///   - folder: Another folder for the file, from the nearest folder at or above the test's own that has it.
public func assertGolden(
  _ run: TestRun, named name: String? = nil, record: RecordMode? = nil, in folder: String? = nil,
  fileID: String = #fileID, filePath: StaticString = #filePath, line: UInt = #line, column: UInt = #column,
  function: String = #function
) async {
  let place = TestPlace(fileID: fileID, filePath: filePath, line: line, column: column)
  do {
    let history = try await run.history()
    GoldenAssertion(
      name: name ?? function, folder: folder, asked: record, place: place, code: run.environment.code
    ).check(history)
  } catch {
    TestIssue(message: "the history of \(run.workflowID) cannot be read: \(error)", place: place).record()
  }
}

/// As ``assertGolden(_:named:record:in:fileID:filePath:line:column:function:)``, for a history at hand.
///
/// - Parameter workflows: The code to replay the golden history against.
public func assertGolden(
  _ history: WorkflowHistory, workflows: any WorkflowCode, named name: String? = nil, record: RecordMode? = nil,
  in folder: String? = nil, fileID: String = #fileID, filePath: StaticString = #filePath, line: UInt = #line,
  column: UInt = #column, function: String = #function
) {
  GoldenAssertion(
    name: name ?? function, folder: folder, asked: record,
    place: TestPlace(fileID: fileID, filePath: filePath, line: line, column: column), code: workflows
  ).check(history)
}
