import HindcastCore
import TemporalAPI
import XCTest

@testable import HindcastLua

final class LuaBasicRunTests: XCTestCase {
  func testReturnsAValue() throws {
    let run = try LuaTestRun(
      "return { main = function(x) return { sum = x.a + x.b, text = 'a<b' } end }", input: [#"{"a":1,"b":2}"#])
    XCTAssertEqual(try run.task().map(\.brief), ["complete"])
    XCTAssertEqual(run.outcome, #"{"sum":3,"text":"a\u003cb"}"#)
  }

  func testCallsAnActivityThenSleeps() throws {
    let run = try LuaTestRun(
      """
      local function main(order)
        local charge, err = funcs.call("app:charge", order.id, { amount = order.amount })
        if err then return nil, err end
        time.sleep("1h")
        return charge
      end
      return { main = main }
      """, input: [#"{"id":"o1","amount":12.5}"#])
    let first = try run.task()
    XCTAssertEqual(first.map(\.brief), ["activity 5 app:charge"])
    XCTAssertEqual(
      first[0].scheduleActivityTaskCommandAttributes.input.payloads.map { String(decoding: $0.data, as: UTF8.self) },
      [#""o1""#, #"{"amount":12.5}"#])
    try run.complete(activity: "5", #"{"receipt":"r1"}"#)
    XCTAssertEqual(try run.task().map(\.brief), ["timer 10 3600000ms"])
    try run.fire("10")
    XCTAssertEqual(try run.task().map(\.brief), ["complete"])
    XCTAssertEqual(run.outcome, #"{"receipt":"r1"}"#)
  }

  func testTellsWhereItEnded() throws {
    let source =
      "local function main(x)\n  time.now()\n  if x == 1 then\n    return 1\n  end\n  error('no')\nend\nreturn main"
    for (input, line) in [("1", 4), ("2", 6)] {
      let run = try LuaTestRun(source, input: [input], capturesStacks: true)
      try run.task()
      XCTAssertEqual(run.environment.completionLocation, SourceLocation(file: "test.lua", line: line))
    }
  }
}
