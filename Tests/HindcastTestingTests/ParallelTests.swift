import Foundation
import HindcastHistory
import HindcastSwift
import HindcastTesting
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Environments share nothing, and each does the same every time.
final class ParallelTests: XCTestCase {
  private static let workflows = SwiftWorkflows()
    .workflow("Order") { (context, id: Int) async throws -> String in
      let price = context.startActivity(
        "price", id, options: .startToClose(.seconds(30)), returning: Int.self)
      let stock = context.startActivity(
        "stock", id, options: .startToClose(.seconds(30)), returning: Int.self)
      try await context.sleep(for: .seconds(3_600))
      let sum = try await price.get() + (try await stock.get())
      return "order \(id): \(sum)"
    }
    .workflow("Waiting") { (context) async throws -> String in
      try await context.signalChannel(named: "word", of: String.self).receive()
    }

  private static func environment() -> TestEnvironment {
    let environment = TestEnvironment(workflows: workflows)
    environment.activities.mock("price") { (id: Int) in id * 10 }
    environment.activities.mock("stock", sequence: [.failure("busy"), .failure("busy"), .result(Payloads(1))])
    return environment
  }

  func testFiftyEnvironmentsInParallelGiveTheSameBytes() async throws {
    let histories = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<50 {
        group.addTask {
          let run = try await Self.environment().start("Order", 7)
          let result: String = try await run.result()
          XCTAssertEqual(result, "order 7: 71")
          return HistoryWriter.json(try await run.history())
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    XCTAssertEqual(histories.count, 50)
    XCTAssertEqual(Set(histories).count, 1)
  }

  func testAnAppGivesTheSameBytesTwiceAndOthersWithAnotherSeed() async throws {
    struct Order: Codable { var id, sku: String; var amount: Int; var window: String? }
    func history(seed: UInt64) async throws -> [UInt8] {
      var options = TestEnvironmentOptions()
      options.seed = seed
      let environment = try TestEnvironment(app: Folders.suite("orders"), options: options)
      environment.activities.mock("app:ship_order", returning: ["tracking": "T-1"])
      let run = try await environment.start(
        "app:order_workflow", Order(id: "17", sku: "lamp", amount: 42, window: "24h"))
      try await run.result()
      return HistoryWriter.json(try await run.history())
    }
    let histories = [try await history(seed: 1), try await history(seed: 1), try await history(seed: 2)]
    XCTAssertEqual(histories[0], histories[1])
    XCTAssertNotEqual(histories[0], histories[2], "run ids come from the seed")
  }

  /// A test waits for several workflows at the same time, and talks to one of them meanwhile.
  func testSeveralCallsMayWaitAtTheSameTime() async throws {
    let environment = Self.environment()
    environment.activities.mock("stock", returning: 1)
    let runs = try await [environment.start("Order", 1), environment.start("Order", 2)]
    let waiting = try await environment.start("Waiting")
    async let first: String = runs[0].result()
    async let second: String = runs[1].result()
    async let advanced: Void = environment.advance(by: .seconds(60))
    let results = try await [first, second]
    try await advanced
    XCTAssertEqual(results, ["order 1: 11", "order 2: 21"])
    try await waiting.signal("word", "bye")
    async let one: String = waiting.result()
    async let other: String = waiting.result()
    let words = try await [one, other]
    XCTAssertEqual(words, ["bye", "bye"])
  }

  func testAnEnvironmentThatIsLetGoWithWorkUnderWayIsFreed() async throws {
    weak var freed: TestEnvironment?
    do {
      let environment = Self.environment()
      freed = environment
      environment.activities.mock(
        "price",
        raw: { activity in
          while await activity.sleep(for: .seconds(60)) == nil { activity.heartbeat() }
          return nil
        })
      _ = try await environment.start("Order", 1)
      try await environment.settle()
    }
    XCTAssertNil(freed)
  }
}

extension Payloads {
  /// A number as JSON.
  fileprivate init(_ number: Int) {
    self.init()
    payloads = [
      .with {
        $0.metadata = ["encoding": Data("json/plain".utf8)]
        $0.data = Data("\(number)".utf8)
      }
    ]
  }
}
