import HindcastCore
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastLua

/// Signals, subscriptions, updates, queries and cancellation (spec/wippy.md 7.10, 8.9 to 8.13, 8.18).
final class MessageTests: XCTestCase {
  func testUndeliveredSignalsWait() throws {
    let run = try LuaTestRun(
      """
      return function()
        time.sleep("1s")
        local first = process.listen("late"):receive()
        local inbox = process.inbox()
        local second, third = inbox:receive(), inbox:receive()
        return { first, second:topic(), third:topic() }
      end
      """)
    try run.task()
    try run.signal("late", ["1"])
    try run.signal("other", ["2"])
    try run.task()
    XCTAssertEqual(run.run.unreceivedSignals, ["late", "other"])
    try run.signal("third", ["3"])
    try run.fire("5")
    try run.task()
    XCTAssertEqual(run.outcome, #"[1,"other","third"]"#)
  }

  func testShapesOfSignals() throws {
    let cases: [([String], String)] = [
      (["7"], "[7,true]"), (["1", #""b""#], #"[[1,"b"],true]"#), ([], #"["nothing",true]"#),
      (["null"], #"["nothing",true]"#),
    ]
    for (payloads, expected) in cases {
      let run = try LuaTestRun(
        "return function() local v, ok = process.listen('s'):receive() if v == nil then v = 'nothing' end return { v, ok } end"
      )
      try run.task()
      try run.signal("s", payloads)
      try run.task()
      XCTAssertEqual(run.outcome, expected)
    }
  }

  func testListenKeepsOneMessageAndTheRestWaits() throws {
    let run = try LuaTestRun(
      """
      return function()
        local ch = process.listen("s")
        time.sleep("1s")
        local values = {}
        for i = 1, 3 do values[i] = ch:receive() end
        return values
      end
      """)
    try run.task()
    for n in 1...3 { try run.signal("s", ["\(n)"]) }
    try run.task()
    XCTAssertEqual(run.run.unreceivedSignals, ["s", "s"])
    try run.fire("5")
    try run.task()
    XCTAssertEqual(run.outcome, "[1,2,3]")
  }

  func testSubscribing() throws {
    let run = try LuaTestRun(
      """
      return function()
        local a = process.listen("s")
        local same = process.listen("s", { message = true }) == a
        local stopped, again, err = process.unlisten(a), process.unlisten(a)
        local closed = { a:receive() }
        local own = channel.new(3)
        local subscribed = subscribe("own", own) == own
        local taken, taken_err = subscribe("own", channel.new())
        local bad, bad_err = process.listen("@x")
        local empty, empty_err = process.listen("")
        return { same, stopped, again, closed[1] == nil, closed[2], subscribed, tostring(taken_err), tostring(bad_err),
          tostring(empty_err), select(2, process.send("{a|b}", "@x")):kind() }
      end
      """)
    try run.task()
    XCTAssertEqual(
      run.outcome,
      #"[true,true,false,true,false,true,"topic \"own\" already subscribed","cannot listen to @ topics","#
        + #""topic cannot be empty","Invalid"]"#)
  }

  func testMessagesOfAnInbox() throws {
    let run = try LuaTestRun(
      """
      return function()
        local message = process.inbox():receive()
        local first, second = message:payload()[1], message:payload()[2]
        return { tostring(message), message:from(), first:data(), second:data(), first:get_format(),
          (first:transcode("lua/any")):get_format() }
      end
      """)
    try run.task()
    try run.signal("s", ["1", #"{"x":2}"#])
    try run.task()
    XCTAssertEqual(
      run.outcome, #"["process.Message{topic=s}","",1,{"x":2},"json/plain","lua/any"]"#)
  }

  func testCancellation() throws {
    let run = try LuaTestRun(
      """
      return function()
        local event = process.events():receive()
        return { kind = event.kind, from = event.from, at = event.at, cancel = event.kind == process.event.CANCEL }
      end
      """)
    try run.task()
    try run.requestCancel()
    try run.task()
    XCTAssertEqual(
      run.outcome, #"{"at":"2023-11-14T22:13:21Z","cancel":true,"from":"{|topology}","kind":"pid.cancel"}"#)
  }

  func testFailedChild() throws {
    let run = try LuaTestRun(
      """
      return function()
        local events = process.events()
        process.spawn("app:child", "q")
        local err = events:receive().result.error
        return { tostring(err), err:kind(), err:details()._wrapper, err:details()._workflow_id }
      end
      """)
    try run.task()
    try run.start(child: "run_5")
    try run.fail(child: "run_5", FailureWriter.failure(LuaErrorValue(kind: "NotFound", message: "no such order")))
    try run.task()
    XCTAssertEqual(run.outcome, #"["no such order","NotFound","child_workflow","run_5"]"#)
  }

  /// The second child with an id gives no command; its error comes with the next task.
  func testChildWithATakenID() throws {
    let run = try LuaTestRun(
      """
      return function()
        local spawner = process.with_options({ ["workflow.id"] = "fixed" })
        coroutine.spawn(function() spawner:spawn("app:child", "q") end)
        local pid, err = spawner:spawn("app:child", "q")
        return { tostring(pid), tostring(err), err:kind() }
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief), ["child fixed app:child on q"])
    try run.signal("wake")
    try run.task()
    XCTAssertEqual(run.outcome, #"["nil","child workflow execution already started","Internal"]"#)
  }

  func testMessageToOneselfIsLost() throws {
    let run = try LuaTestRun(
      """
      return function()
        local inbox = process.inbox()
        local ok = process.send(process.pid(), "hello")
        return { ok, channel.select({ inbox:case_receive() }, true).default }
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief), ["complete"])
    XCTAssertEqual(run.outcome, "[true,true]")
  }

  func testCancelOfAnotherWorkflow() throws {
    let run = try LuaTestRun(
      "return function() process.terminate('{a@b|one}') process.cancel('{c|two}', 'why') end")
    XCTAssertEqual(try run.task().map(\.brief), ["cancel 5 one"])
    try run.deliver(.externalWorkflowExecutionCancelRequested) {
      $0.externalWorkflowExecutionCancelRequestedEventAttributes.initiatedEventID = 5
      $0.externalWorkflowExecutionCancelRequestedEventAttributes.workflowExecution.workflowID = "one"
    }
    XCTAssertEqual(try run.task().map(\.brief), ["cancel 10 two"])
  }

  // MARK: Updates

  private static let updates = """
    return function(steps)
      local inbox = process.inbox()
      while true do
        local message = inbox:receive()
        local replies = {}
        for _, step in ipairs(message:payload():data()) do
          local ok, err = process.send(message:from(), step[1], step[2])
          table.insert(replies, err and tostring(err) or tostring(ok))
        end
        if message:topic() == "last" then return replies end
      end
    end
    """

  func testAnswersToUpdates() throws {
    let cases: [(String, messages: [String], replies: String)] = [
      (#"[["ack"],["ok",5]]"#, ["u/accept", "u/complete"], #"["true","true"]"#),
      (#"[["ack"],["error","broken"]]"#, ["u/accept", "u/complete"], #"["true","true"]"#),
      (#"[["nak","no"],["ack"]]"#, ["u/reject"], #"["true","unknown update: u"]"#),
      (
        #"[["ok"],["ack"],["ack"]]"#, ["u/accept"],
        #"["update not accepted (state: pending)","true","update already accepted"]"#
      ),
      (#"[["hm"]]"#, [], #"["unknown update response: hm (expected ack/nak/ok/error)"]"#),
    ]
    for (steps, messages, replies) in cases {
      let run = try LuaTestRun(Self.updates)
      try run.task()
      try run.update("last", id: "u", [steps])
      try run.task()
      XCTAssertEqual(run.run.takeMessages().map(\.id), messages, steps)
      XCTAssertEqual(run.outcome, replies, steps)
    }
  }

  func testUpdateThatCannotBeDecodedIsRefused() throws {
    let run = try LuaTestRun(Self.updates)
    try run.task()
    var request = Temporal_Api_Update_V1_Request()
    request.meta.updateID = "u"
    request.input.name = "last"
    var payload = Temporal_Api_Common_V1_Payload()
    payload.metadata["encoding"] = .init("json/protobuf".utf8)
    request.input.args.payloads = [payload]
    try run.run.deliver(
      .with {
        $0.id = "u/request"
        $0.protocolInstanceID = "u"
        $0.eventID = run.nextEventID
        $0.body = try .init(message: request)
      })
    XCTAssertEqual(try run.task().map(\.brief), [])
    let rejection = try Temporal_Api_Update_V1_Rejection(unpackingAny: run.run.takeMessages()[0].body)
    XCTAssertEqual(
      rejection.failure.message,
      "error converting payload at index 0: unsupported temporal payload encoding: json/protobuf")
  }

  func testQueries() throws {
    let run = try LuaTestRun("return function() process.inbox():receive() end")
    try run.task()
    func answer(_ type: String) -> String {
      switch run.run.query(type) {
      case .answered(let payloads): payloads.payloads.map { String(decoding: $0.data, as: UTF8.self) }.joined()
      case .failed(let message): message
      }
    }
    XCTAssertEqual(["state", "pid", "what"].map(answer), ["{}", #""wf""#, "unknown query type: what"])
  }

  // MARK: Timers

  func testTimers() throws {
    let run = try LuaTestRun(
      """
      return function()
        local timer = time.timer("10s")
        local reset = timer:reset("20s")
        local fired = timer:channel():receive()
        return { reset, timer:stop(), timer:reset("5s"), fired:unix() }
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief), ["timer 5 10000ms", "timer 6 20000ms"])
    // The old timer was not cancelled: whichever fires first counts.
    try run.fire("5")
    try run.task()
    XCTAssertEqual(run.outcome, "[true,false,false,1700000001]")
  }

  func testStoppedTimersDeliverNothing() throws {
    let run = try LuaTestRun(
      """
      return function()
        local timer, other = time.timer("10s"), time.timer("10s")
        local stopped = timer:stop()
        local value, ok = timer:channel():receive()
        other:reset("1s")
        return { stopped, timer:stop(), value == nil, ok, other:stop() }
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief), ["timer 5 10000ms", "timer 6 10000ms", "timer 7 1000ms", "complete"])
    // A timer that was reset is not found any more.
    XCTAssertEqual(run.outcome, "[true,false,true,false,false]")
  }

  func testTickersArmThemselvesInsideTheEvent() throws {
    let run = try LuaTestRun(
      """
      return function()
        local ticker = time.ticker("1s")
        for _ = 1, 2 do
          ticker:channel():receive()
          funcs.async("app:tick")
        end
        return ticker:stop()
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief), ["timer 5 1000ms"])
    // Started was 3 and one command was sent, so the next timer is 6; the activity comes after it.
    try run.fire("5")
    XCTAssertEqual(try run.task().map(\.brief), ["timer 6 1000ms", "activity 11 app:tick"])
    try run.fire("6")
    XCTAssertEqual(try run.task().map(\.brief), ["timer 12 1000ms", "activity 17 app:tick", "complete"])
    XCTAssertEqual(run.outcome, "true")
  }

  func testBadDurations() throws {
    let run = try LuaTestRun(
      """
      return function()
        local texts = {}
        for _, call in ipairs({
          function() return time.sleep("x") end, function() return time.after(0) end, function() return time.timer(-1) end,
          function() return time.ticker({}) end, function() return time.parse_duration("1y") end,
        }) do
          local _, err = call()
          table.insert(texts, err:kind() .. " " .. tostring(err))
        end
        return texts
      end
      """)
    try run.task()
    XCTAssertEqual(
      run.outcome,
      #"["Invalid time: invalid duration \"x\"","Invalid time.after: duration must be \u003e 0","#
        + #""Invalid time.timer: duration must be \u003e 0","Invalid duration must be number or string","#
        + #""Invalid time: unknown unit \"y\" in duration \"1y\""]"#)
  }
}
