#if Server
import Foundation
import HindcastHistory
import HindcastReport
import HindcastTestSupport
import TemporalAPI
import XCTest

@testable import hindcast

/// `hindcast record` on files.
final class RecordCommandTests: XCTestCase {
  private static let orders = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Histories/orders").path

  /// A copy of the bundled orders whose code was changed: the customer is told as soon as the order is paid.
  private func makeSuite(isChanged: Bool = true) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.orders) where name != "day-long-window.json" {
      try FileManager.default.copyItem(atPath: "\(Self.orders)/\(name)", toPath: folder[name])
    }
    guard isChanged else { return folder }
    let path = folder["order_workflow.lua"]
    let code = try String(contentsOfFile: path, encoding: .utf8)
    let mark = "\t-- The customer may still change their mind."
    XCTAssertTrue(code.contains(mark))
    try code.replacing(
      mark, with: "\tfuncs.call(\"app:send_email\", {order = order.id, tracking = \"later\"})\n" + mark
    )
    .write(toFile: path, atomically: true, encoding: .utf8)
    return folder
  }

  private func run(
    _ folder: TemporaryFolder, _ arguments: [String], environment: [String: String] = [:], answer: String? = nil
  ) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(arguments, environment: environment, in: folder.path, answer: answer)
  }

  private func contents(_ folder: TemporaryFolder) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return Dictionary(
      uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: URL(filePath: folder[$0]))) })
  }

  func testUnchangedCodeChangesNothing() async throws {
    let folder = try makeSuite(isChanged: false)
    let before = try contents(folder)
    let (status, output, errors) = await run(folder, ["record", folder.path, "--yes"])
    XCTAssertEqual(status, .success, output + errors)
    XCTAssertTrue(output.contains("histories: \(before.keys.count { $0.hasSuffix(".json") }) the same\n"), output)
    XCTAssertEqual(try contents(folder), before)
  }

  func testChangedCodeIsRecordedOnlyWhenSomebodyAgrees() async throws {
    let folder = try makeSuite()
    let before = try contents(folder)
    for (environment, answer, words) in [
      ([:], nil, "differ and were not replaced"), ([:], "n", "differ and were not replaced"),
      (["CI": "true"], "y", "differ and were not replaced"),
    ] as [([String: String], String?, String)] {
      let (status, output, errors) = await run(
        folder, ["record", folder.path], environment: environment, answer: answer)
      XCTAssertEqual(status, .failure, errors)
      XCTAssertTrue(output.contains(words), output)
      XCTAssertTrue(output.contains("ActivityTaskScheduled app:send_email"), output)
      XCTAssertEqual(errors.contains("nothing is recorded in CI"), !environment.isEmpty, errors)
      XCTAssertEqual(try contents(folder), before)
    }

    let broken = await run(folder, ["replay", folder.path])
    XCTAssertEqual(broken.status, .failure)
    let (status, output, errors) = await run(folder, ["record", folder.path], environment: ["CI": "true"], answer: "n")
    XCTAssertEqual(status, .failure, output + errors)
    let recorded = await run(folder, ["record", folder.path, "--yes"], environment: ["CI": "true"])
    XCTAssertEqual(recorded.status, .success, recorded.output + recorded.errors)
    let replayed = await run(folder, ["replay", folder.path])
    XCTAssertEqual(replayed.status, .success, replayed.output)
    let after = try contents(folder)
    XCTAssertEqual(Set(after.keys), Set(before.keys))

    let again = await run(folder, ["record", folder.path])
    XCTAssertEqual(again.status, .success, again.output)
    XCTAssertEqual(try contents(folder), after)
  }

  func testWhatCannotBeRecordedIsSaid() async throws {
    let folder = try makeSuite()
    try folder.write("happy.json: {verdict: nondeterministic}\n", to: "expected.yaml")
    let one = await run(folder, ["record", folder["happy.json"], "--yes"])
    XCTAssertEqual(one.status, .success)
    XCTAssertTrue(one.output.contains("expected.yaml wants it to be nondeterministic"), one.output)

    let path = folder["order_workflow.lua"]
    try "return {main = function() process.inbox():receive() end}\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let stuck = await run(folder, ["record", folder["sold-out.json"], "--yes"])
    XCTAssertEqual(stuck.status, .failure, stuck.output)
    XCTAssertTrue(stuck.output.contains("waits for something that nothing will bring"), stuck.output)

    for arguments in [["-"], [folder["missing"]], [folder["order_workflow.lua"]]] {
      let (status, _, errors) = await run(folder, ["record"] + arguments)
      XCTAssertEqual(status, .unusable, "\(arguments)")
      XCTAssertNotEqual(errors, "")
    }
  }
}
#endif
