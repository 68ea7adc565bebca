#if GRPC
import FlyingFox
import FlyingSocks
import Foundation
import HindcastApp
import HindcastCalls
import HindcastCore
import HindcastGateway
import HindcastHTTP
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastReplay
import HindcastReport
import HindcastService
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// The complete example of the page on Temporal in Wippy's documentation, with two Lua files written for it, on the real dev
/// server and on the one in process: both must write the same histories.
///
/// With `HINDCAST_RECORD=all` the histories that the real server wrote replace those in `Histories/document`.
final class DocumentExampleTests: XCTestCase {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Histories/document")
  /// The port of the payment gateway: it stands in the histories.
  private static let port: UInt16 = 18_099

  /// Answers the charges of the example: whoever asks for too much is declined, whoever is called `flaky` succeeds with the
  /// second try.
  private final class Gateway: Sendable {
    private let tries = Mutex<[String: Int]>([:])

    struct Charge: Decodable { var order: String; var amount: Int }

    func answer(_ body: Data) -> FlyingFox.HTTPResponse {
      guard let charge = try? JSONDecoder().decode(Charge.self, from: body) else {
        return FlyingFox.HTTPResponse(statusCode: .badRequest)
      }
      let attempt = tries.withLock { tries in
        tries[charge.order, default: 0] += 1
        return tries[charge.order] ?? 0
      }
      if charge.order == "flaky", attempt == 1 { return FlyingFox.HTTPResponse(statusCode: .serviceUnavailable) }
      if charge.amount > 1_000 { return FlyingFox.HTTPResponse(statusCode: .paymentRequired) }
      return FlyingFox.HTTPResponse(
        statusCode: .created, headers: [.contentType: "application/json"],
        body: Data(#"{"id":"tx-\#(charge.order)"}"#.utf8))
    }
  }

  private static let orders: [(id: String, input: String, status: String)] = [
    ("paid", #"{"id":"paid","amount":42,"gateway":"http://127.0.0.1:\#(port)"}"#, "paid"),
    ("declined", #"{"id":"declined","amount":5000,"gateway":"http://127.0.0.1:\#(port)"}"#, "declined"),
    ("flaky", #"{"id":"flaky","amount":42,"gateway":"http://127.0.0.1:\#(port)"}"#, "paid"),
    // Nobody listens at this port, which is reserved for nothing.
    ("away", #"{"id":"away","amount":42,"gateway":"http://127.0.0.1:1"}"#, "declined"),
  ]

  /// Runs the orders, one after the other, and gives their histories.
  private func histories(on connection: some ServiceConnection) async throws -> [WorkflowHistory] {
    let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: Self.port), logger: .disabled)
    let gateway = Gateway()
    await server.appendRoute("POST /charges") { request in gateway.answer(try await request.bodyData) }
    let charging = Task { try await server.run() }
    try await server.waitUntilListening()

    var app = WorkerApp(registry: try Registry.load(directory: Self.folder.path), from: Self.folder.path)
    let exchange = AsyncHTTPExchange()
    app.world.http = exchange
    let plan = try XCTUnwrap(try app.plans(client: nil).first)
    XCTAssertEqual(plan.configuration.taskQueue, "orders")
    var configuration = plan.configuration
    configuration.identity = "document"
    let worker = Worker(configuration, connection: connection)
    let working = Task { try await worker.run() }

    var histories: [WorkflowHistory] = []
    for order in Self.orders {
      let id = "document-\(order.id)"
      let started = try await connection.call(
        WorkflowService.startWorkflowExecution,
        .with {
          $0.namespace = plan.client.namespace
          $0.workflowID = id
          $0.workflowType.name = "app:order_workflow"
          $0.taskQueue.name = "orders"
          $0.input.payloads = [JSONPayload.payload(json: order.input)]
          $0.requestID = id
          $0.identity = "document"
        })
      let execution = Temporal_Api_Common_V1_WorkflowExecution.with {
        $0.workflowID = id
        $0.runID = started.runID
      }
      let events = try await connection.history(of: execution, in: plan.client.namespace, untilClosed: true).events
      histories.append(WorkflowHistory(events: events, workflowID: id, runID: started.runID))
    }
    working.cancel()
    try await working.value
    charging.cancel()
    _ = await charging.result
    return histories
  }

  func testTheRealServerAndOursWriteTheSameHistories() async throws {
    let server = try await DevServer.start()
    defer { server.stop() }
    let connection = try await GRPCConnection.connect(to: server.address)
    let real = try await histories(on: connection)
    await connection.close(grace: .zero)
    let ours = try await histories(on: TemporalService(seed: 1))

    for (order, (real, ours)) in zip(Self.orders, zip(real, ours)) {
      let differences = StringOutput()
      let report = DiffReport(real, ours, palette: Palette(isColored: false))
      try report.write(to: differences)
      XCTAssertTrue(report.isEmpty, "\(order.id):\n\(differences.text)")
      XCTAssertTrue(resultText(of: ours).contains("\"status\":\"\(order.status)\""), resultText(of: ours))
    }
    if ProcessInfo.processInfo.environment["HINDCAST_RECORD"] == "all" {
      for (order, history) in zip(Self.orders, real) {
        try Data(HistoryWriter.json(history)).write(to: Self.folder.appending(path: "\(order.id).json"))
      }
    }
  }

  private func resultText(of history: WorkflowHistory) -> String {
    guard case .workflowExecutionCompletedEventAttributes(let completed)? = history.closeEvent?.attributes else {
      return "\(history.closeEvent?.eventType.displayName ?? "open")"
    }
    return completed.result.payloads.first?.jsonText ?? ""
  }

  private final class StringOutput: ReportOutput {
    private(set) var text = ""

    func write(_ text: String) throws(OutputError) { self.text += text }
  }
}
#endif
