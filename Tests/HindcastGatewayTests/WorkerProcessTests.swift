#if GRPC && Server
import Foundation
import HindcastCalls
import HindcastGateway
import HindcastServer
import HindcastService
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// `hindcast worker` as a process of its own, against a server of this one.
final class WorkerProcessTests: XCTestCase {
  private let service = TemporalService(seed: 1)
  private var files: TemporaryFolder?

  override func setUpWithError() throws { files = try TemporaryFolder() }

  override func tearDown() async throws {
    try await service.close()
    files = nil
  }

  // MARK: The server

  /// A front of the service that can be ended as a crash ends it.
  private struct Server {
    let address: ServerAddress
    let serving: Task<Void, any Error>

    func stop() async {
      serving.cancel()
      _ = await serving.result
    }
  }

  private func serve(_ security: GRPCFrontOptions.Security, port: Int = 0) async throws -> Server {
    var options = GRPCFrontOptions()
    options.port = port
    options.security = security
    let front = GRPCFront(options) { [service] call in
      try await service.call(
        MethodName(service: call.service, name: call.method), encoded: call.request, timeout: call.timeout,
        clientName: call.clientName)
    }
    let serving = Task { try await front.serve() }
    return Server(address: try await front.address, serving: serving)
  }

  // MARK: The app and its process

  private func app(client: String, worker: String = "", source: String) throws -> String {
    let folder = try XCTUnwrap(files).path + "/app"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let text = """
      namespace: app
      entries:
        - name: client
          kind: temporal.client
      \(client.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        - {name: worker, kind: temporal.worker, client: app:client, task_queue: orders, lifecycle: {auto_start: true\(worker)}}
        - name: order
          kind: workflow.lua
          method: main
          modules: [funcs]
          meta: {temporal: {workflow: {worker: worker}}}
          source: |
            local funcs = require("funcs")
            return {main = function(name) return funcs.call("app:greet", name) end}
        - name: greet
          kind: function.lua
          method: main
          modules: [time, logger]
          meta: {temporal: {activity: {worker: worker}}}
          source: |
            \(source)
      """
    try text.write(toFile: folder + "/_index.yaml", atomically: true, encoding: .utf8)
    return folder
  }

  /// `hindcast worker` under way.
  private final class Process {
    private let process = Foundation.Process()
    private let lines: AsyncStream<String>
    private var seen: [String] = []
    private var iterator: AsyncStream<String>.Iterator

    init(_ arguments: [String]) throws {
      let beside = Bundle(for: WorkerProcessTests.self).bundleURL.deletingLastPathComponent()
      let candidates = [beside, Bundle.main.bundleURL].map { $0.appendingPathComponent("hindcast") }
      guard let binary = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
        throw XCTSkip("there is no hindcast binary beside the tests")
      }
      let stream = AsyncStream.makeStream(of: String.self)
      lines = stream.stream
      iterator = lines.makeAsyncIterator()
      let pipe = Pipe()
      process.executableURL = binary
      process.arguments = ["worker"] + arguments
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let reader = pipe.fileHandleForReading
      Thread.detachNewThread {
        var rest = ""
        while case let data = reader.availableData, !data.isEmpty {
          rest += String(decoding: data, as: UTF8.self)
          while let end = rest.firstIndex(of: "\n") {
            stream.continuation.yield(String(rest[..<end]))
            rest = String(rest[rest.index(after: end)...])
          }
        }
        stream.continuation.finish()
      }
    }

    /// What was written so far.
    var text: String { seen.joined(separator: "\n") }

    /// Waits for a line that holds a text; `false` when the process ended without.
    func until(_ text: String) async -> Bool {
      while let line = await iterator.next() {
        seen.append(line)
        if line.contains(text) { return true }
      }
      return false
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end, and gives the exit status, or minus the signal.
    func end() async -> Int32 {
      while let line = await iterator.next() { seen.append(line) }
      process.waitUntilExit()
      return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
  }

  // MARK: Runs

  /// Starts a run at the service itself, whatever becomes of its front.
  private func start(_ id: String) async throws {
    _ = try await service.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = id
        $0.workflowType.name = "app:order"
        $0.taskQueue.name = "orders"
        $0.requestID = id
        $0.input.payloads = [
          .with {
            $0.metadata = ["encoding": Data("json/plain".utf8)]
            $0.data = Data("\"\(id)\"".utf8)
          }
        ]
      })
  }

  private func result(of id: String) async throws -> String? {
    let last = try await service.closingEvent(of: .with { $0.workflowID = id }, in: "default")
    let payload = last?.workflowExecutionCompletedEventAttributes.result.payloads.first
    return payload.map { String(decoding: $0.data, as: UTF8.self) }
  }

  func testWorksOnWhenAServerWithMTLSWasKilledAndCameBack() async throws {
    let folder = try XCTUnwrap(files)
    let authority = try TestAuthority()
    let server = try authority.issue(to: "server", addresses: [[127, 0, 0, 1]])
    let client = try authority.issue(to: "client")
    let ca = try folder.write(authority.certificate, to: "ca.pem")
    let security = GRPCFrontOptions.Security.tls(
      certificate: try folder.write(server.certificate, to: "server.pem"),
      key: try folder.write(server.key, to: "server.key"), clientCertificates: ca)
    let first = try await serve(security)

    let directory = try app(
      client: """
        address: "\(first.address)"
        auth:
          type: mtls
          cert_file: \(try folder.write(client.certificate, to: "client.pem"))
          key_file: \(try folder.write(client.key, to: "client.key"))
        tls: {enabled: true, ca_file: \(ca)}
        """, source: "return function(name) return \"hello \" .. name end")
    let process = try Process(["--app", directory])
    let polls = await process.until("worker app:worker polls orders at \(first.address)")
    XCTAssertTrue(polls, process.text)
    try await start("before")
    let before = try await result(of: "before")
    XCTAssertEqual(before, "\"hello before\"")

    await first.stop()
    // Runs go on being started while nobody can be reached.
    try await start("meanwhile")
    let second = try await serve(security, port: first.address.port)
    let meanwhile = try await result(of: "meanwhile")
    XCTAssertEqual(meanwhile, "\"hello meanwhile\"")

    process.send(SIGTERM)
    let status = await process.end()
    XCTAssertEqual(status, 0, process.text)
    let order = ["service=app:worker", "service=app:client"].compactMap { service in
      process.text.split(separator: "\n").firstIndex { $0.contains("msg=\"service stops\"") && $0.contains(service) }
    }
    XCTAssertEqual(order.count, 2, process.text)
    XCTAssertEqual(order, order.sorted(), "the worker stops before its client")
    await second.stop()
  }

  func testWaitsForAServerThatIsNotThereYet() async throws {
    let port = try DevServer.freePort()
    let address = ServerAddress(host: "127.0.0.1", port: port)
    let directory = try app(
      client: """
        address: "\(address)"
        connection_timeout: 200ms
        lifecycle: {restart: {initial_delay: 50ms, max_delay: 50ms}}
        """, source: "return function(name) return name end")
    let process = try Process(["--app", directory])
    let failed = await process.until("msg=\"service failed and is started again\" service=app:client")
    XCTAssertTrue(failed, process.text)
    let server = try await serve(.plaintext, port: port)
    let polls = await process.until("worker app:worker polls orders at \(address)")
    XCTAssertTrue(polls, process.text)
    process.send(SIGINT)
    let status = await process.end()
    XCTAssertEqual(status, 0, process.text)
    await server.stop()
  }

  func testAFailureThatLastsEndsTheProcess() async throws {
    let server = try await serve(.plaintext)
    let directory = try app(
      client: "address: \"\(server.address)\"\ntls: {enabled: true}", source: "return function() end")
    let process = try Process(["--app", directory])
    let status = await process.end()
    XCTAssertEqual(status, 2)
    XCTAssertTrue(
      process.text.contains(
        "error: service app:client failed: no Temporal server answers at \(server.address): the server does not speak TLS"
      ),
      process.text)
    await server.stop()
  }

  func testTheFirstSignalLetsTasksFinishAndTheSecondDoesNot() async throws {
    let server = try await serve(.plaintext)
    // An activity that says so and then takes its time.
    let source =
      "return function(name) require(\"logger\"):info(\"busy \" .. name); require(\"time\").sleep(name) return \"slept\" end"
    for (sleep, signals, status) in [("300ms", 1, Int32(0)), ("60s", 2, -SIGTERM)] {
      let directory = try app(
        client: "address: \"\(server.address)\"", worker: "}, worker_options: {worker_stop_timeout: 30s", source: source
      )
      let process = try Process(["--app", directory, "--verbose"])
      let polls = await process.until("worker app:worker polls orders")
      XCTAssertTrue(polls, process.text)
      try await start(sleep)
      let isBusy = await process.until("busy \(sleep)")
      XCTAssertTrue(isBusy, process.text)
      process.send(SIGTERM)
      let stops = await process.until("msg=\"service stops\" service=app:worker")
      XCTAssertTrue(stops, process.text)
      if signals == 2 { process.send(SIGTERM) }
      let ended = await process.end()
      XCTAssertEqual(ended, status, process.text)
      let history = try await service.history(of: .with { $0.workflowID = sleep }, in: "default")
      let hasFinished = history.events.contains { $0.eventType == .activityTaskCompleted }
      XCTAssertEqual(hasFinished, signals == 1)
    }
    await server.stop()
  }
}
#endif
