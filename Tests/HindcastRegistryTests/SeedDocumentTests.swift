import Foundation
import HindcastRegistry
import XCTest

/// The page that users copy their configuration from: its complete example and every YAML sample must load.
final class SeedDocumentTests: XCTestCase {
  private let luaFiles = [
    "order_workflow.lua": "return { main = function() end }", "payment.lua": "return { charge = function() end }",
  ]

  func testCompleteExampleLoadsAsIs() throws {
    let example = try XCTUnwrap(try samples().last)
    let registry = try load(luaFiles.merging(["_index.yaml": example]) { $1 })

    XCTAssertEqual(registry.warnings, [])
    XCTAssertEqual(
      registry.entries.map { "\($0.id) \($0.kind)" },
      [
        "app:temporal_client temporal.client", "app:worker temporal.worker", "app:order_workflow workflow.lua",
        "app:charge_payment function.lua",
      ])

    let client = try XCTUnwrap(registry.clients.first)
    XCTAssertEqual(client.address, "localhost:7233")
    XCTAssertEqual(client.namespace, "default")
    XCTAssertEqual(client.taskQueuePrefix, "")
    XCTAssertEqual(client.connectionTimeout, .seconds(10))
    XCTAssertEqual(client.keepAliveTime, .seconds(30))
    XCTAssertEqual(client.keepAliveTimeout, .seconds(10))
    XCTAssertEqual(client.authentication, .none)
    XCTAssertFalse(client.usesTLS)
    XCTAssertTrue(client.lifecycle.autoStart)

    let worker = try XCTUnwrap(registry.workers.first)
    XCTAssertEqual(worker.client, EntryID(parsing: "app:temporal_client"))
    XCTAssertEqual(worker.taskQueue, "orders")
    XCTAssertEqual(registry.taskQueue(of: worker), "orders")
    XCTAssertEqual(worker.lifecycle.requiredServices, [EntryID(parsing: "app:temporal_client")])
    XCTAssertEqual(worker.options, TemporalWorkerOptions())

    let workflow = try XCTUnwrap(registry.workflows(named: "app:order_workflow").first)
    XCTAssertEqual(workflow.kind, .workflow)
    XCTAssertEqual(workflow.method, "main")
    XCTAssertEqual(workflow.source.text, luaFiles["order_workflow.lua"])
    XCTAssertEqual(workflow.source.file, "order_workflow.lua")
    XCTAssertEqual(workflow.source.lineOffset, 0)
    XCTAssertEqual(workflow.modules.map(\.name), ["funcs", "time"])
    XCTAssertEqual(workflow.workflow?.worker, worker.id)

    let activity = try XCTUnwrap(registry.activity(named: "app:charge_payment"))
    XCTAssertEqual(activity.kind, .function)
    XCTAssertEqual(activity.method, "charge")
    XCTAssertEqual(activity.modules.map(\.name), ["http_client", "json"])
    XCTAssertEqual(activity.activity?.worker, worker.id)
    XCTAssertNil(activity.workflow)
  }

  /// Samples that are one entry become the second entry beside a client; samples that are one field become a client's.
  func testEverySampleLoads() throws {
    for sample in try samples().dropLast() {
      for text in files(around: sample) {
        XCTAssertNoThrow(try load(luaFiles.merging(["_index.yaml": text]) { $1 }), text)
      }
    }
  }

  func testWorkerOptionsOfTheSampleAreTyped() throws {
    let sample = try XCTUnwrap(try samples().first { $0.contains("worker_options:") })
    let registry = try load(["_index.yaml": try XCTUnwrap(files(around: sample).first)])
    let options = try XCTUnwrap(registry.workers.first).options

    XCTAssertEqual(options.maxConcurrentActivityExecutionSize, 1000)
    XCTAssertEqual(options.maxConcurrentWorkflowTaskPollers, 20)
    XCTAssertEqual(options.workerActivitiesPerSecond, 0)
    XCTAssertEqual(options.stickyScheduleToStartTimeout, .seconds(5))
    XCTAssertEqual(options.workerStopTimeout, .zero)
    XCTAssertEqual(options.buildIDVariable, "BUILD_ID")
    XCTAssertEqual(options.defaultVersioningBehavior, .pinned)
    XCTAssertEqual(registry.warnings.map(\.message), ["build_id_env names 'BUILD_ID': environment variable not found"])
  }

  private func load(_ files: [String: String]) throws -> Registry {
    try Registry.load(.memory(files), processEnvironment: [:])
  }

  /// Registry files made of a sample: whole entries as they are, one file each, and fields as a client's.
  private func files(around sample: String) -> [String] {
    let header = "namespace: app\nentries:\n"
    let client = "- {name: temporal_client, kind: temporal.client, address: \"localhost:7233\"}\n"
    if !sample.contains("kind:") {
      let fields = sample.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
      return [header + "- name: sample\n  kind: temporal.client\n  address: \"localhost:7233\"\n" + fields]
    }
    let entries = sample.components(separatedBy: "\n- ").map { $0.hasPrefix("- ") ? $0 : "- " + $0 }
      .map { $0.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n") }
      .filter { $0.contains("kind:") }
      .map { $0.hasPrefix("- - ") ? String($0.dropFirst(2)) : $0 }
    return entries.map { header + ($0.contains("temporal.worker") ? client : "") + $0 + "\n" }
  }

  /// The YAML code blocks of the page.
  private func samples() throws -> [String] {
    let page = try SharedFiles.text("seed-temporal-integration.txt")
    return page.components(separatedBy: "```yaml\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
  }
}
