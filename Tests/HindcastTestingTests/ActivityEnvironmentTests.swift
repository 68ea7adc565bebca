import Foundation
import HindcastHistory
import HindcastTesting
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import XCTest

final class ActivityEnvironmentTests: XCTestCase {
  private static let activities = ActivityTable([
    "add": { activity in
      let numbers = try Payloads.numbers(activity.input)
      return Payloads.number(numbers.reduce(0, +))
    },
    "count": { activity in
      // Goes on where the last attempt stopped.
      var next = try Payloads.numbers(activity.info.heartbeatDetails).first ?? 0
      while next < 5 {
        if let reason = activity.wait(.seconds(10)) {
          if reason == .requested { throw ActivityError.canceled(details: Payloads.number(next)) }
          throw Stopped(reason: reason)
        }
        next += 1
        activity.heartbeat(Payloads.number(next))
      }
      return Payloads.number(next)
    },
    "describe": { activity in
      let info = activity.info
      return .json("\(info.type) \(info.attempt) \(info.workflowType) \(info.execution.workflowID) \(info.namespace)")
    },
  ])

  private struct Stopped: Error { var reason: ActivityCancellation }

  func testAResult() async throws {
    let activities = ActivityTestEnvironment(activities: Self.activities)
    let sum: Int = try await activities.run("add", 1, 2, 3)
    XCTAssertEqual(sum, 6)
  }

  func testTimeIsSkippedAndHeartbeatsAreKept() async throws {
    let activities = ActivityTestEnvironment(activities: Self.activities)
    let begin = await activities.environment.now
    let count: Int = try await activities.run("count")
    XCTAssertEqual(count, 5)
    XCTAssertEqual(try activities.heartbeats(as: Int.self), [1, 2, 3, 4, 5])
    let now = await activities.environment.now
    XCTAssertEqual(now - begin, 50_000_000_000)
  }

  func testAnActivityIsToldWhatTheTestSays() async throws {
    let activities = ActivityTestEnvironment(activities: Self.activities)
    let plain: String = try await activities.run("describe")
    XCTAssertEqual(plain, "describe 1 test test default")
    activities.info.attempt = 3
    activities.info.execution.workflowID = "order-17"
    activities.info.heartbeatDetails = Payloads.number(3)
    let told: String = try await activities.run("describe")
    XCTAssertEqual(told, "describe 3 test order-17 default")
    let count: Int = try await activities.run("count")
    XCTAssertEqual(count, 5)
    XCTAssertEqual(try activities.heartbeats(as: Int.self), [4, 5])
  }

  func testHowItStops() async throws {
    typealias Change = @Sendable (ActivityTestEnvironment) -> Void
    let cases: [(name: String, change: Change, heartbeats: Int, end: String)] = [
      ("at once", { $0.cancel() }, 0, "canceled at 0"),
      ("after a while", { $0.cancel(after: .seconds(25)) }, 2, "canceled at 2"),
      ("the worker ends", { $0.cancel(.workerStopped, after: .seconds(25)) }, 2, "Stopped"),
      ("as the server says", { $0.onHeartbeat { _ in .requested } }, 1, "canceled at 1"),
      ("in its time", { $0.info.startToCloseTimeout = .seconds(35) }, 3, "Stopped"),
      ("it reports too seldom", { $0.info.heartbeatTimeout = .seconds(5) }, 0, "Stopped"),
      ("it reports often enough", { $0.info.heartbeatTimeout = .seconds(15) }, 5, "5"),
    ]
    for (name, change, heartbeats, end) in cases {
      let activities = ActivityTestEnvironment(activities: Self.activities)
      change(activities)
      var outcome: String
      do {
        outcome = "\(try await activities.run("count", as: Int.self))"
      } catch ActivityError.canceled(let details) {
        outcome = "canceled at \(try Payloads.numbers(details).first ?? -1)"
      } catch ActivityError.failed(let failure) {
        outcome = failure.applicationFailureInfo.type
      }
      XCTAssertEqual(outcome, end, name)
      XCTAssertEqual(activities.heartbeats.count, heartbeats, name)
    }
  }

  func testWhatCannotRun() async throws {
    let activities = ActivityTestEnvironment(activities: Self.activities)
    do {
      try await activities.run("subtract", 1)
      XCTFail("an activity ran that there is not")
    } catch let error as TestEnvironmentError {
      XCTAssertTrue("\(error)".contains("subtract"), "\(error)")
      XCTAssertTrue("\(error)".contains("describe"), "it says what there is: \(error)")
    }
  }

  func testAFunctionOfAnApp() async throws {
    struct Order: Encodable { var id = "17", amount: Int }
    struct Receipt: Decodable { var transaction: String }
    let activities = try ActivityTestEnvironment(app: Folders.suite("orders"))
    let receipt: Receipt = try await activities.run("app:charge_payment", Order(amount: 5))
    XCTAssertEqual(receipt.transaction, "tx-17")
    do {
      try await activities.run("app:charge_payment", Order(amount: 2_000))
      XCTFail("a card without a limit")
    } catch ActivityError.failed(let failure) {
      XCTAssertEqual(failure.message, "card declined: limit exceeded")
      XCTAssertTrue(failure.applicationFailureInfo.nonRetryable)
    }
  }
}

extension Payloads {
  fileprivate static func json(_ value: some Encodable) -> Payloads {
    .with { payloads in
      payloads.payloads = [
        .with {
          $0.metadata = ["encoding": Data("json/plain".utf8)]
          $0.data = (try? JSONEncoder().encode(value)) ?? Data()
        }
      ]
    }
  }

  fileprivate static func number(_ value: Int) -> Payloads { json(value) }

  fileprivate static func numbers(_ payloads: Payloads?) throws -> [Int] {
    try (payloads?.payloads ?? []).map { try JSONDecoder().decode(Int.self, from: $0.data) }
  }
}
