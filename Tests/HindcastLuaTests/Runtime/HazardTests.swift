import HindcastCore
import XCTest

@testable import HindcastLua

/// Remarks on code that does not replay reliably.
final class HazardTests: XCTestCase {
  private func warnings(_ source: String, input: [String] = []) throws -> [String] {
    let run = try LuaTestRun(source, input: input)
    try run.task()
    return run.environment.warnings.map { "\($0.rule.rawValue) \($0.location?.description ?? "-")" }
  }

  func testCommandsInLoopsOverPairs() throws {
    XCTAssertEqual(
      try warnings(
        """
        local function charge(name)
          funcs.async("app:charge", name)
        end
        return function()
          for name in pairs({ a = 1, b = 2 }) do
            charge(name)
          end
          for _, name in ipairs({ "c" }) do charge(name) end
        end
        """), ["commands-in-pairs-loop test.lua:6"])
    XCTAssertEqual(
      try warnings("return function() for k in pairs({ a = 1 }) do local n = k end\ntime.sleep(1) end"), [])
  }

  func testRandomNumbers() throws {
    XCTAssertEqual(
      try warnings("local x = 1\nreturn function() return math.random(6) end"), ["random-used test.lua:2"])
  }

  func testHostThatIsAnEntry() throws {
    XCTAssertEqual(
      try warnings("return function()\n  process.spawn('app:child', 'app:worker')\nend"), ["hazard test.lua:2"])
    XCTAssertEqual(try warnings("return function() process.spawn('app:child', 'queue') end"), [])
  }

  func testNamesInRegistries() throws {
    XCTAssertEqual(
      try warnings("return function() return process.registry.lookup('x') end"), ["hazard test.lua:1"])
  }

  /// The numbers of math.random belong to the run.
  func testRandomNumbersRepeat() throws {
    let outcomes = try (0..<2).map { seed in
      let run = try LuaTestRun(
        "return function() return { math.random(1, 1000000), math.random(), uuid.v4() } end",
        options: RuntimeOptions(seed: UInt64(seed)))
      try run.task()
      return run.outcome
    }
    XCTAssertEqual(outcomes[0], outcomes[1])
  }
}
