import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastReport
import HindcastTestSupport
import TemporalAPI
import XCTest

@testable import hindcast

/// `hindcast replay` from files of an app and a history to the report, with Lua in between.
final class LuaAppTests: XCTestCase {

  /// A folder with the app, and a history of `app:order` that it recorded.
  private func makeApp() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, text) in OrderApp.files() { try folder.write(text, to: name) }
    let code = LuaWorkflowCode(try Registry.load(directory: folder.path))
    var server = RecordingServer(type: "app:order")
    let history = try server.record(try code.makeRuntime(RuntimeOptions()))
    XCTAssertEqual(history.closeEvent?.eventType, .workflowExecutionCompleted)
    try folder.write(HistoryWriter.json(history), to: "recorded/a.json")
    return folder
  }

  private func replay(
    _ folder: TemporaryFolder, _ arguments: [String] = []
  ) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(["replay", folder["recorded"]] + arguments, in: folder.path)
  }

  func testTheAppIsFoundAndAgrees() async throws {
    let folder = try makeApp()
    for arguments in [[], ["--app", folder.path], ["--emulate", "go"], ["--no-shake", "--jobs", "3"]] {
      let (status, output, errors) = await replay(folder, arguments)
      XCTAssertEqual(status, .success, output + errors)
      XCTAssertTrue(output.contains("1 history: 1 passed"), output)
      XCTAssertEqual(errors, "")
    }
  }

  func testChangedCodeIsShownAtItsLine() async throws {
    let folder = try makeApp()
    try folder.write(
      OrderApp.order.replacing("time.sleep(\"10s\")", with: "funcs.call(\"app:charge\")"), to: "order.lua")
    let (status, output, _) = await replay(folder)
    XCTAssertEqual(status, .failure)
    XCTAssertTrue(output.contains("nondeterministic · command-kind-changed · TMPRL1100 · event 11"), output)
    XCTAssertTrue(
      output.contains(
        """
          code at   order.lua:7
                      5 |   local receipt, err = funcs.call("app:charge", {amount = 10})
                      6 |   if err then return nil, err end
                    > 7 |   funcs.call("app:charge")
                      8 |   return {receipt = receipt}
        """), output)
    let (_, json, _) = await replay(folder, ["--format", "json"])
    XCTAssertTrue(json.contains(#""location":{"file":"order.lua","line":7"#), json)
  }

  func testCodeThatDoesNotLoadIsShownAtItsLine() async throws {
    let folder = try makeApp()
    try folder.write(OrderApp.order.replacing("\nend\n", with: "\n"), to: "order.lua")
    let (status, output, _) = await replay(folder)
    XCTAssertEqual(status, .failure)
    XCTAssertTrue(output.contains("failed · load-error"), output)
    XCTAssertTrue(output.contains("order.lua:"), output)
  }

  func testCodeThatNeverYieldsLeavesTheOthersTheirVerdicts() async throws {
    let (hasty, good) = (try makeApp(), try makeApp())
    try hasty.write(
      OrderApp.order.replacing("local receipt", with: "while true do end\n  local receipt"), to: "order.lua")
    let (status, output, _) = await replay(
      hasty, ["--max-instructions", "100000", "--jobs", "1", good["recorded"]])
    XCTAssertEqual(status, .failure)
    XCTAssertTrue(output.contains("deadlocked · deadlock · TMPRL1101"), output)
    XCTAssertTrue(output.contains("code at   order.lua:5"), output)
    XCTAssertTrue(output.contains("PASS  \(good["recorded/a.json"])"), output)
  }
}
