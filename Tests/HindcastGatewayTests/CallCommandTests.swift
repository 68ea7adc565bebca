#if GRPC
import Foundation
@testable import hindcast
import HindcastCalls
import HindcastGateway
import HindcastHistory
import HindcastService
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// `hindcast call` against a server over a real socket.
final class CallCommandTests: XCTestCase {
  private let service = TemporalService(seed: 1)
  private var served: ServedService?
  private var address = ""

  override func setUp() async throws {
    let served = try await ServedService(service)
    self.served = served
    address = "\(served.address)"
  }

  override func tearDown() async throws {
    try await served?.stop()
  }

  private static func suite(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Histories/\(name)").path
  }

  private static func call(
    _ arguments: [String]
  ) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(["call"] + arguments)
  }

  /// The workflow sends to the function, which its worker finds only in the same process.
  func testAFunctionAndItsWorkersRunInOneProcess() async throws {
    let (status, output, errors) = await Self.call([
      "app:drive_pinging", "--app", Self.suite("replies"), "--address", address, "--identity", "me", "--input",
      "\"one\"",
    ])
    XCTAssertEqual(status, .success, errors)
    XCTAssertEqual(output, #"{"data":{"n":1},"known":true,"ok":true,"topic":"pong"}"# + "\n")
    XCTAssertTrue(errors.contains("worker app:worker polls replies"), errors)
    let history = try await service.history(of: .with { $0.workflowID = "one" }, in: "default")
    guard case .workflowExecutionStartedEventAttributes(let started)? = history.events.first?.attributes else {
      return XCTFail("\(history)")
    }
    XCTAssertEqual(started.identity, "me")
  }

  func testWithoutWorkersItNeedsThoseElsewhere() async throws {
    let (app, address) = (Self.suite("executions"), address)
    let arguments = [
      "app:execute", "--app", app, "--address", address, "--input", "\"app:hello_workflow\"", "--input",
      #"{"name": "A"}"#,
    ]
    async let alone = Self.call(arguments + ["--without-workers"])
    // It has started the workflow, and waits for somebody to run it.
    while try await service.call(WorkflowService.listWorkflowExecutions, .with { $0.namespace = "default" })
      .executions.isEmpty
    { try await Task.sleep(for: .milliseconds(5)) }
    let beside = await Self.call(arguments)
    XCTAssertEqual(beside.status, .success, beside.errors)
    let (status, output, errors) = await alone
    XCTAssertEqual(status, .success, errors)
    XCTAssertEqual(output, beside.output)
    XCTAssertFalse(errors.contains("polls"), errors)
    XCTAssertTrue(beside.errors.contains("polls"), beside.errors)
  }

  func testWhatGoesWrongIsSaid() async throws {
    let executions = Self.suite("executions")
    let cases: [(arguments: [String], status: ExitStatus, says: String)] = [
      (
        ["app:hello_workflow", "--app", executions], .unusable,
        "has no function.lua or process.lua entry app:hello_workflow"
      ),
      (["app:execute", "--app", executions, "--input", "{"], .unusable, "--input is no JSON: {"),
      (["app:execute", "--app", "/nowhere"], .unusable, "/nowhere"),
      (["app:execute", "--app", executions, "--client", "app:other"], .unusable, "has no temporal.client app:other"),
      (
        ["app:drive_late", "--app", Self.suite("links"), "--address", address, "--input", "\"x\"", "--input", "false"],
        .failure, "error: app:drive_late failed: linked process failed"
      ),
    ]
    for (arguments, status, says) in cases {
      let result = await Self.call(arguments)
      XCTAssertEqual(result.status, status, "\(arguments): \(result.errors)")
      XCTAssertTrue(result.errors.contains(says), "\(arguments): \(result.errors)")
      XCTAssertEqual(result.output, "")
    }
  }
}
#endif
