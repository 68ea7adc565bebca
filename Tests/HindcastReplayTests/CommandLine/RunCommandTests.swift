#if Server
import Foundation
import HindcastHistory
import HindcastReport
import HindcastTestSupport
import XCTest

@testable import hindcast

final class RunCommandTests: XCTestCase {
  private static let order = #"{"id": "17", "amount": 42, "sku": "lamp", "address": "1 Main Street", "window": "24h"}"#

  func testAWorkflowRunsAndItsHistoryIsSavedTheSameEveryTime() async throws {
    let folder = try TemporaryFolder()
    var files: [Data] = []
    for name in ["one.json", "two.json"] {
      let file = "\(folder.path)/\(name)"
      let (status, output, errors) = await run(
        ["app:order_workflow", "--app", Self.suite("orders"), "--input", Self.order, "--record", file])
      XCTAssertEqual(status, .success, errors)
      XCTAssertTrue(output.contains(#""status":"shipped""#), output)
      XCTAssertTrue(errors.contains("1 d"), errors)
      files.append(try Data(contentsOf: URL(filePath: file)))
    }
    XCTAssertEqual(files[0], files[1])
    let history = try HistoryReader.histories(inFile: "\(folder.path)/one.json")[0]
    XCTAssertEqual(history.workflowTypeName, "app:order_workflow")
    XCTAssertTrue(history.isClosed)
  }

  func testWhatGoesWrongIsSaid() async throws {
    let orders = Self.suite("orders")
    let cases: [(arguments: [String], status: ExitStatus, says: String)] = [
      (["app:order_workflow", "--app", orders, "--input", "{"], .unusable, "--input is no JSON: {"),
      (["app:order_workflow", "--app", "/nowhere"], .unusable, "/nowhere"),
      (["app:unknown", "--app", orders], .failure, "app:unknown"),
      (
        ["app:order_workflow", "--app", orders, "--signal", "s={@1h"], .unusable,
        "the argument of signal s is no JSON: {"
      ),
      (["app:order_workflow", "--app", orders, "--signal", "=1"], .unusable, "the signal has no name"),
      (["app:order_workflow", "--app", orders, "--mock", "app:ship_order"], .unusable, "TYPE=JSON"),
    ]
    for (arguments, status, says) in cases {
      let result = await run(arguments)
      XCTAssertEqual(result.status, status, "\(arguments): \(result.errors)")
      XCTAssertTrue(result.errors.contains(says), "\(arguments): \(result.errors)")
    }
  }

  func testSignalsComeAtTheirTime() async throws {
    let (status, output, errors) = await run([
      "app:approval_workflow", "--app", Self.suite("signals"), "--input", #"{"needed": 1}"#, "--signal",
      #"approve={"by": "ann@example.org"}@10ms"#,
    ])
    XCTAssertEqual(status, .success, errors)
    XCTAssertTrue(output.contains("ann@example.org"), output)
  }

  func testAFunctionIsCalledAndWhatItStartedIsSaved() async throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/replies.json"
    let replies = Self.suite("replies")
    let (status, output, errors) = await run(
      ["app:drive_pinging", "--app", replies, "--input", #""one""#, "--record", file])
    XCTAssertEqual(status, .success, errors)
    XCTAssertEqual(output, #"{"data":{"n":1},"known":true,"ok":true,"topic":"pong"}"# + "\n")
    XCTAssertTrue(errors.contains("1 workflow"), errors)
    let history = try HistoryReader.histories(inFile: file)[0]
    XCTAssertEqual(history.workflowTypeName, "app:pinging_workflow")
    let cases: [(arguments: [String], status: ExitStatus, says: String)] = [
      (
        ["app:drive_pinging", "--app", replies, "--id", "x"], .unusable, "app:drive_pinging is a function: it has no id"
      ),
      (["app:drive_inbox", "--app", replies], .failure, "function app:drive_inbox failed"),
    ]
    for (arguments, status, says) in cases {
      let result = await run(arguments)
      XCTAssertEqual(result.status, status, "\(arguments): \(result.errors)")
      XCTAssertTrue(result.errors.contains(says), "\(arguments): \(result.errors)")
    }
  }

  // MARK: Running

  private static func suite(_ name: String) -> String {
    URL(filePath: #filePath).appending(path: "../../../../Histories/\(name)").standardized.path
  }

  private func run(_ arguments: [String]) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(["run"] + arguments, in: FileManager.default.currentDirectoryPath)
  }
}
#endif
