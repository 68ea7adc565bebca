import HindcastTesting
import XCTest

final class OrderTests: XCTestCase {
  struct Order: Codable { var id, sku: String; var amount: Int; var window: String? }
  struct Outcome: Decodable { var status: String }

  func testAnOrderShipsWhenItsWindowIsOver() async throws {
    let environment = try TestEnvironment(app: "Histories/orders")
    environment.activities.mock("app:ship_order", returning: ["tracking": "T-1"])

    let order = Order(id: "17", sku: "lamp", amount: 42, window: "24h")
    let run = try await environment.start("app:order_workflow", order)
    try await environment.advance(by: .seconds(86_399))
    XCTAssertEqual(environment.activities.calls(of: "app:ship_order").count, 0)

    let outcome: Outcome = try await run.result()
    XCTAssertEqual(outcome.status, "shipped")
    XCTAssertEqual(environment.activities.calls(of: "app:ship_order").count, 1)
  }
}
