import HindcastHistory
import HindcastTesting
import TemporalAPI
import XCTest

final class OrderTests: XCTestCase {
  struct Order: Codable {
    var id: String
    var amount: Int
    var sku: String
    var window: String?
  }

  struct Outcome: Codable {
    var status: String
  }

  func testAnOrderShipsWhenItsWindowIsOver() async throws {
    let environment = try TestEnvironment(app: Folders.suite("orders"))
    environment.activities.mock("app:ship_order", returning: ["tracking": "T-1"])
    let order = Order(id: "17", amount: 42, sku: "lamp", window: "24h")
    let run = try await environment.start("app:order_workflow", order)
    let outcome: Outcome = try await run.result()
    XCTAssertEqual(outcome.status, "shipped")
    XCTAssertEqual(environment.activities.calls(of: "app:ship_order").count, 1)
    let history = try await run.history()
    XCTAssertTrue(history.events.contains { $0.eventType == .timerFired })
  }
}
