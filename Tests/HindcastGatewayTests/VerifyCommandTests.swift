#if GRPC
import Foundation
import HindcastCore
import HindcastGateway
import HindcastHistory
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import HindcastWorker
import XCTest

@testable import hindcast

/// The command over real sockets, with a worker of this package.
final class VerifyCommandTests: XCTestCase {
  private static let steps: [Step] = [.activity("charge"), .timer(5), .complete(#""done""#)]
  private static let changed: [Step] = [.activity("refund"), .timer(5), .complete(#""done""#)]

  private var folder = URL(filePath: "/")

  override func setUpWithError() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "verify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var server = RecordingServer(type: "workflow")
    let history = try server.record(ScriptedCode(Self.steps).makeRuntime(RuntimeOptions()))
    try Data(HistoryWriter.json(history)).write(to: folder.appending(path: "order.json"))
  }

  override func tearDown() { try? FileManager.default.removeItem(at: folder) }

  /// Runs the command beside a worker of some code.
  private func verify(
    with steps: [Step], queue: String = "queue", _ arguments: String...
  ) async -> (status: ExitStatus, output: String, errors: String) {
    let (output, errors) = (MemoryOutput(), AddressOutput())
    let worker = Task { [addresses = errors.addresses] in
      for await address in addresses {
        let connection = try await GRPCConnection.connect(to: try ServerAddress(address))
        let configuration = WorkerConfiguration(
          taskQueue: queue, identity: "tester", workflows: ScriptedCode(steps))
        try? await Worker(configuration, connection: connection).run()
        await connection.close(grace: .zero)
      }
    }
    let console = Console(
      output: output, errors: errors, isOutputTerminal: false, isErrorTerminal: false, environment: [:],
      workingDirectory: folder.path(percentEncoded: false), readStandardInput: Corpus.noStandardInput)
    let status = await Hindcast.run(
      ["verify", "--task-queue", "queue", "--port", "0", folder.path(percentEncoded: false)] + arguments,
      console: console)
    worker.cancel()
    _ = await worker.result
    return (status, output.text, errors.text)
  }

  func testHistoriesOfTheCodePass() async throws {
    let file = folder.appending(path: "order.json")
    let before = try Data(contentsOf: file)
    let (status, output, errors) = await verify(with: Self.steps, "--format", "json")
    XCTAssertEqual(status, .success, errors)
    XCTAssertTrue(output.contains(#""verdict":"passed""#), output)
    XCTAssertTrue(output.contains(#""worker":"tester (hindcast)""#), output)
    XCTAssertEqual(try Data(contentsOf: file), before)
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder.path()), ["order.json"])
  }

  func testHistoriesOfOtherCodeFail() async throws {
    let (status, output, errors) = await verify(with: Self.changed)
    XCTAssertEqual(status, .failure, errors)
    XCTAssertTrue(output.contains("nondeterministic · reported-by-worker · TMPRL1100 · event 5"), output)
    XCTAssertTrue(output.contains("worker    tester (hindcast)"), output)
    XCTAssertFalse(output.contains("Go SDK"), output)
  }

  func testWhatExpectedYAMLSaysIsExpected() async throws {
    let suite = "order.json: {verdict: nondeterministic, rule: reported-by-worker, event: 5}\n"
    try Data(suite.utf8).write(to: folder.appending(path: "expected.yaml"))
    let (changed, _, _) = await verify(with: Self.changed)
    XCTAssertEqual(changed, .success)
    let (unchanged, _, _) = await verify(with: Self.steps)
    XCTAssertEqual(unchanged, .failure)
  }

  func testAWorkerThatDoesNotComeIsExplained() async throws {
    let (status, _, errors) = await verify(with: Self.steps, queue: "other", "--worker-timeout", "1s")
    XCTAssertEqual(status, .unusable)
    XCTAssertTrue(errors.contains("error: no worker"), errors)
  }

  func testAFolderWithoutHistoriesIsUnusable() async throws {
    try FileManager.default.removeItem(at: folder.appending(path: "order.json"))
    let (status, _, errors) = await verify(with: Self.steps)
    XCTAssertEqual(status, .unusable)
    XCTAssertTrue(errors.contains("no history found"), errors)
  }
}

/// Keeps what is written, and tells the address in it.
private final class AddressOutput: ReportOutput {
  private(set) var text = ""
  let addresses: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation

  init() { (addresses, continuation) = AsyncStream.makeStream(of: String.self) }

  func write(_ text: String) {
    self.text += text
    if let address = text.firstMatch(of: /waits at (\S+:\d+)/) { continuation.yield(String(address.1)) }
  }
}
#endif
