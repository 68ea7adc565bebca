import HindcastHTTP
import HindcastRegistry
import Synchronization
import XCTest

@testable import HindcastLua

/// The `pool` of a function caps how many of its calls run at once.
final class FunctionPoolTests: XCTestCase {
  func testTheMostCallsAreUpstreams() throws {
    let cases: [(String, Int)] = [
      ("{}", 100), ("{ max_size: 3 }", 3), ("{ size: 4 }", 1), ("{ size: 4, max_size: 5 }", 5),
      ("{ size: 1, workers: 6 }", 6), ("{ type: inline }", 1), ("{ type: lazy }", 16),
      ("{ type: lazy, max_size: 2 }", 2),
      ("{ type: adaptive, max_size: 7 }", 7), ("{ type: static }", 8), ("{ type: static, size: 3 }", 3),
      ("{ type: static, size: 3, workers: 4 }", 4),
    ]
    for (pool, expected) in cases {
      let registry = try Registry.load(.memory(["_index.yaml": Self.entries(pool)]), processEnvironment: [:])
      XCTAssertEqual(registry.luaEntries[0].pool.mostCalls, expected, pool)
    }
    XCTAssertThrowsError(
      try Registry.load(.memory(["_index.yaml": Self.entries("{ type: dynamic }")]), processEnvironment: [:])
    ) { XCTAssertTrue("\($0)".contains("unknown pool type: dynamic"), "\($0)") }
  }

  private static func entries(_ pool: String) -> String {
    """
    namespace: app
    entries:
      - name: f
        kind: function.lua
        method: main
        modules: [http_client]
        pool: \(pool)
        source: |
          return function() return (http_client.get("http://h/")).status_code end
    """
  }

  /// Of four calls two get through to the server, until one of them has its answer.
  func testNoMoreCallsRunThanThePoolHas() async throws {
    let registry = try Registry.load(
      .memory(["_index.yaml": Self.entries("{ size: 2, workers: 2 }")]), processEnvironment: [:])
    let activities = LuaActivities(LuaWorkflowCode(registry))
    let release = Gate(opensAt: .max)
    let inFlight = Mutex((now: 0, most: 0))
    let exchange = ScriptedExchange { request in
      inFlight.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      await release.pass()
      inFlight.withLock { $0.now -= 1 }
      return HTTPResponse(status: 200, url: request.url)
    }
    let done = (1...4).map { number in
      let expectation = XCTestExpectation(description: "call \(number)")
      let thread = Thread {
        // Each call waits for itself.
        var context = LuaActivities.Context()
        context.http = exchange
        do {
          _ = try activities.run("app:f", input: nil, context: context)
          expectation.fulfill()
        } catch {
          XCTFail("\(error)")
        }
      }
      thread.start()
      return expectation
    }
    let deadline = ContinuousClock.now + .seconds(60)
    while activities.pools.waitingCalls(of: "app:f") < 2 || inFlight.withLock({ $0.now }) < 2,
      ContinuousClock.now < deadline
    {
      try await Task.sleep(for: .milliseconds(2))
    }
    XCTAssertEqual(activities.pools.waitingCalls(of: "app:f"), 2)
    await release.open()
    await fulfillment(of: done, timeout: 60)
    XCTAssertEqual(inFlight.withLock { $0.most }, 2)
  }

  /// One that waits for its turn ends when it is told to stop.
  func testACallThatWaitsCanBeStopped() {
    let pools = FunctionPools()
    XCTAssertTrue(pools.enter("app:f", limit: 1) { false })
    XCTAssertFalse(pools.enter("app:f", limit: 1) { true })
    pools.leave("app:f")
    XCTAssertTrue(pools.enter("app:f", limit: 1) { true })
  }
}
