#if GRPC
import FlyingFox
import FlyingSocks
import Foundation
@testable import hindcast
import HindcastCalls
import HindcastGateway
import HindcastHistory
import HindcastService
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// `hindcast fetch`.
final class FetchCommandTests: ServedServiceTestCase {
  /// Makes runs that are open, each with an argument.
  private func start(_ count: Int, argument: String = #"{"status": "paid", "name": "Ann"}"#) async throws {
    for number in 0..<count {
      _ = try await service.call(
        WorkflowService.startWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowID = "order-\(number)"
          $0.workflowType.name = "app:order"
          $0.taskQueue.name = "orders"
          $0.requestID = "order-\(number)"
          $0.input.payloads = [
            .with {
              $0.metadata = ["encoding": Data("json/plain".utf8)]
              $0.data = Data(argument.utf8)
            }
          ]
        })
    }
  }

  // MARK: The command

  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(["fetch"] + arguments, environment: environment, in: folder)
  }

  private var target: String { "\(folder)/out" }

  private func payloads() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: target).sorted().filter { $0.hasSuffix(".json") }.flatMap {
      try HistoryReader.histories(inFile: "\(target)/\($0)")[0].payloads().compactMap(\.jsonText)
    }
  }

  private func files() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: target).count { $0.hasSuffix(".json") }
  }

  func testFetchesAndGoesOn() async throws {
    let address = try await serve()
    try await start(3)
    let first = await run("--address", address, "--output", target, "--limit", "2")
    XCTAssertEqual(first.status, .success, first.errors)
    XCTAssertEqual(first.output, "\(target): 2 fetched (4 events), 0 there already\n")
    let second = await run("--address", address, "--output", target)
    XCTAssertEqual(second.status, .success, second.errors)
    XCTAssertEqual(second.output, "\(target): 1 fetched (2 events), 2 there already\n")
    XCTAssertEqual(try files(), 3)
    XCTAssertEqual(try payloads(), Array(repeating: #"{"status": "paid", "name": "Ann"}"#, count: 3))
  }

  func testServerAndNamespaceComeFromTheAppsClient() async throws {
    let address = try await serve()
    try await start(1)
    try """
    namespace: app
    entries:
      - {name: here, kind: temporal.client, address: "\(address)"}
      - {name: elsewhere, kind: temporal.client, address: "\(address)", namespace: elsewhere}
    """.write(toFile: "\(folder)/_index.yaml", atomically: true, encoding: .utf8)
    let several = await run("--output", target)
    XCTAssertEqual(several.status, .unusable)
    XCTAssertTrue(several.errors.contains("app:here, app:elsewhere"), several.errors)
    let unknown = await run("--client", "app:nobody", "--output", target)
    XCTAssertEqual(unknown.status, .unusable)
    XCTAssertTrue(unknown.errors.contains("no temporal.client app:nobody"), unknown.errors)
    let elsewhere = await run("--client", "app:elsewhere", "--output", "\(folder)/other")
    XCTAssertEqual(elsewhere.status, .unusable)
    XCTAssertTrue(elsewhere.errors.contains("elsewhere"), elsewhere.errors)
    let here = await run("--client", "app:here", "--output", target)
    XCTAssertEqual(here.status, .success, here.errors)
    XCTAssertEqual(try files(), 1)
    let named = await run(
      "--app", folder, "--client", "app:here", "--namespace", "elsewhere", "--output", "\(folder)/third")
    XCTAssertEqual(named.status, .unusable)
  }

  func testBadQueryIsSaidInTheServersWords() async throws {
    let address = try await serve()
    try await start(1)
    let result = await run("--address", address, "--output", target, "--query", "WorkflowType is 'order'")
    XCTAssertEqual(result.status, .unusable)
    XCTAssertTrue(result.errors.hasPrefix("error: invalid query"), result.errors)
    XCTAssertEqual(result.output, "")
  }

  func testNoRunIsNoSuccess() async throws {
    let address = try await serve()
    let result = await run("--address", address, "--output", target, "--query", "WorkflowType = 'none'")
    XCTAssertEqual(result.status, .unusable)
    XCTAssertTrue(result.errors.contains("no run found"), result.errors)
  }

  func testRedactionLeavesNothingButWhatIsKept() async throws {
    let address = try await serve()
    try await start(1)
    let result = await run("--address", address, "--output", target, "--redact", "--keep", "status")
    XCTAssertEqual(result.status, .success, result.errors)
    let text = try XCTUnwrap(payloads().first)
    XCTAssertTrue(text.contains(#""status": "paid""#), text)
    XCTAssertFalse(text.contains("Ann"), text)

    let again = await run("--address", address, "--output", target)
    XCTAssertEqual(again.status, .unusable, "a folder of redacted histories takes no others")
    XCTAssertTrue(again.errors.contains("redacted: strings but status"), again.errors)

    let all = await run("--address", address, "--output", "\(folder)/all", "--redact=all")
    XCTAssertEqual(all.status, .success, all.errors)
  }

  func testUniqueKeepsOne() async throws {
    let address = try await serve()
    try await start(3)
    let result = await run("--address", address, "--output", target, "--unique", "--jobs", "1")
    XCTAssertEqual(result.status, .success, result.errors)
    XCTAssertTrue(result.output.contains("1 fetched"), result.output)
    XCTAssertTrue(result.output.contains("2 of the same shape left out"), result.output)
    XCTAssertEqual(try files(), 1)
  }

  func testPayloadsAreDecodedAtTheCodec() async throws {
    let seen = Mutex<[String]>([])
    let codec = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: 0), timeout: 30)
    await codec.appendRoute("POST /default/decode") { request in
      seen.withLock {
        $0.append("\(request.headers[HTTPHeader("X-Namespace")] ?? "") \(request.headers[.authorization] ?? "none")")
      }
      var payloads = try Payloads(jsonUTF8Bytes: Array(try await request.bodyData))
      for index in payloads.payloads.indices { payloads.payloads[index].data = Data(#""decoded""#.utf8) }
      return HTTPResponse(statusCode: .ok, body: try payloads.jsonUTF8Data())
    }
    let running = Task { try await codec.run() }
    defer { running.cancel() }
    try await codec.waitUntilListening()
    guard case .ip4(_, port: let port)? = await codec.listeningAddress else {
      return XCTFail("the codec does not listen")
    }

    let address = try await serve()
    try await start(1)
    let url = "http://127.0.0.1:\(port)/{namespace}/"
    let result = await run(
      "--address", address, "--output", target, "--codec-endpoint", url, environment: ["TEMPORAL_CODEC_AUTH": "s3cret"])
    XCTAssertEqual(result.status, .success, result.errors)
    XCTAssertEqual(try payloads(), [#""decoded""#])
    let other = await run(
      "--address", address, "--output", "\(folder)/other", "--codec-endpoint", url, "--codec-auth", "Bearer t0ken",
      environment: ["TEMPORAL_CODEC_AUTH": "s3cret"])
    XCTAssertEqual(other.status, .success, other.errors)
    XCTAssertEqual(seen.withLock { $0 }, ["default s3cret", "default Bearer t0ken"])

    running.cancel()
    let wrong = await run(
      "--address", address, "--output", "\(folder)/third", "--codec-endpoint", "http://127.0.0.1:\(port)/wrong/path",
      "--codec-auth", "Bearer t0ken")
    XCTAssertEqual(wrong.status, .unusable)
    XCTAssertFalse(wrong.errors.contains("t0ken"), wrong.errors)
  }

  func testUsage() async throws {
    let cases: [([String], String)] = [
      ([], "--output"), (["--output", "x", "--keep", "a"], "--keep says what --redact leaves"),
      (["--output", "x", "--codec-auth", "a"], "--codec-auth goes with --codec-endpoint"),
      (["--output", "x", "--redact=some"], "'some' is no level of redaction; there are strings, values, all"),
      (["--output", "x", "--sample", "2"], "sample"), (["--output", "x", "--limit", "0"], "limit"),
      (["--output", "x"], "no app was found"),
    ]
    for (arguments, message) in cases {
      let (status, _, errors) = await Hindcast.run(["fetch"] + arguments)
      XCTAssertEqual(status, .unusable, "\(arguments)")
      XCTAssertTrue(errors.contains(message), "\(arguments): \(errors)")
    }
  }
}
#endif
