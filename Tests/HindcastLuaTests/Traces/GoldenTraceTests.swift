import HindcastCore
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastLua

/// The command traces that upstream's own test workflows give (spec/wippy.md 11), by workflows of the same shape.
final class GoldenTraceTests: XCTestCase {
  private func run(_ source: String, _ input: String...) throws -> LuaTestRun {
    try LuaTestRun(source, input: input)
  }

  private func assertTask(
    _ run: LuaTestRun, _ expected: [String], file: StaticString = #filePath, line: UInt = #line
  ) throws {
    XCTAssertEqual(try run.task().map(\.brief), expected, file: file, line: line)
  }

  func testHello() throws {
    let run = try run(
      """
      local time = require("time")
      return function(input)
        time.sleep(100 * time.MILLISECOND)
        return { message = string.format("Hello, %s!", input.name), status = "completed", timestamp = time.now() }
      end
      """, #"{"name":"Ada"}"#)
    try assertTask(run, ["timer 5 100ms"])
    try run.fire("5")
    try assertTask(run, ["complete"])
    // A time has no JSON and leaves the table when it is exported.
    XCTAssertEqual(run.outcome, #"{"message":"Hello, Ada!","status":"completed"}"#)
  }

  func testConcurrentWorkers() throws {
    let run = try run(
      """
      return function(input)
        local jobs, results = channel.new(10), channel.new(10)
        for worker = 1, input.workers do
          coroutine.spawn(function()
            while true do
              local job, ok = jobs:receive()
              if not ok then break end
              time.sleep(10 * time.MILLISECOND)
              results:send({ worker = worker, job = job })
            end
          end)
        end
        for job = 1, input.jobs do jobs:send(job) end
        jobs:close()
        local done = {}
        for _ = 1, input.jobs do
          local result = results:receive()
          table.insert(done, result.worker .. "/" .. result.job)
        end
        return done
      end
      """, #"{"workers":2,"jobs":4}"#)
    try assertTask(run, ["timer 5 10ms", "timer 6 10ms"])
    try run.fire("5")
    try run.fire("6")
    // Started is event 10: worker 2 takes job 3 before worker 1 takes job 4.
    try assertTask(run, ["timer 12 10ms", "timer 13 10ms"])
    try run.fire("12")
    try run.fire("13")
    try assertTask(run, ["complete"])
    XCTAssertEqual(run.outcome, #"["1/1","2/2","2/3","1/4"]"#)
  }

  func testOneTimerATask() throws {
    let run = try run(
      """
      return function(input)
        for _ = 1, input.steps do time.sleep(input.delay_ms * time.MILLISECOND) end
        return input.steps
      end
      """, #"{"steps":2,"delay_ms":10}"#)
    try assertTask(run, ["timer 5 10ms"])
    try run.fire("5")
    try assertTask(run, ["timer 10 10ms"])
    try run.fire("10")
    try assertTask(run, ["complete"])
  }

  func testActivity() throws {
    let run = try run("return function(input) return funcs.call('app.a:echo', input) end", #"{"x":1}"#)
    let commands = try run.task()
    XCTAssertEqual(commands.map(\.brief), ["activity 5 app.a:echo"])
    let attributes = commands[0].scheduleActivityTaskCommandAttributes
    XCTAssertEqual(attributes.startToCloseTimeout.seconds, 600)
    XCTAssertTrue(attributes.requestEagerExecution)
    XCTAssertTrue(attributes.useWorkflowBuildID)
    XCTAssertEqual(attributes.taskQueue.name, "test-queue")
    XCTAssertFalse(attributes.hasRetryPolicy)
    XCTAssertFalse(attributes.hasHeader)
  }

  func testActivityChain() throws {
    let run = try run(
      """
      return function(input)
        local echoed, err = funcs.call("app.a:echo", input)
        if err then return nil, err end
        return funcs.call("app.a:process_data", echoed)
      end
      """, "{}")
    try assertTask(run, ["activity 5 app.a:echo"])
    try run.complete(activity: "5", "{}")
    try assertTask(run, ["activity 10 app.a:process_data"])
  }

  func testActivityWithRetryPolicy() throws {
    let run = try run(
      """
      return function()
        local calls = funcs.new():with_options({ ["activity.retry_policy"] = { maximum_attempts = 1 } })
        local _, err = calls:call("app.a:missing")
        return { error = tostring(err), kind = err:kind(), retryable = err:retryable() }
      end
      """)
    let commands = try run.task()
    XCTAssertEqual(commands[0].scheduleActivityTaskCommandAttributes.retryPolicy.maximumAttempts, 1)
    try run.fail(
      activity: "5",
      .with {
        $0.message = "unable to find activityType=app.a:missing"
        $0.applicationFailureInfo.type = "ActivityNotRegisteredError"
      })
    try assertTask(run, ["complete"])
    XCTAssertEqual(
      run.outcome, #"{"error":"unable to find activityType=app.a:missing","kind":"NotFound","retryable":true}"#)
  }

  func testAsyncActivityAgainstATimeout() throws {
    let run = try run(
      """
      return function()
        local future = funcs.async("app.a:slow")
        local timeout = time.after("5s")
        local result = channel.select({ future:channel():case_receive(), timeout:case_receive() })
        if result.channel == timeout then return "timeout" end
        return result.value:data()
      end
      """)
    try assertTask(run, ["activity 5 app.a:slow", "timer 6 5000ms"])
    try run.complete(activity: "5", #"{"ok":true}"#)
    try assertTask(run, ["complete"])
    XCTAssertEqual(run.outcome, #"{"ok":true}"#)
  }

  func testAsyncActivityThatIsCancelledAtOnce() throws {
    let run = try run(
      """
      return function()
        local future, err = funcs.async("app.a:slow")
        local ok, cancel_err = future:cancel()
        local _, future_err = future:result()
        return { canceled = future:is_canceled(), ok = ok, err = tostring(future_err), kind = future_err:kind() }
      end
      """)
    let commands = try run.task()
    XCTAssertEqual(commands.map(\.brief), ["activity 5 app.a:slow", "cancel activity 5", "complete"])
    XCTAssertFalse(commands[0].scheduleActivityTaskCommandAttributes.requestEagerExecution)
    XCTAssertEqual(run.outcome, #"{"canceled":true,"err":"canceled","kind":"Canceled","ok":true}"#)
  }

  func testSignalThenActivity() throws {
    let run = try run(
      """
      return function()
        local jobs, exit = process.listen("add_job"), process.listen("exit")
        while true do
          local result = channel.select({ jobs:case_receive(), exit:case_receive() })
          if result.channel == exit then return "bye" end
          funcs.call("app.a:echo", result.value)
        end
      end
      """)
    try assertTask(run, [])
    try run.signal("add_job", [#"{"n":1}"#])
    try assertTask(run, ["activity 9 app.a:echo"])
    try run.signal("exit")
    try assertTask(run, [])
    try run.complete(activity: "9", "null")
    try assertTask(run, ["complete"])
  }

  func testInbox() throws {
    let run = try run(
      """
      return function()
        local inbox = process.inbox()
        local message = inbox:receive()
        return { topic = message:topic(), from = message:from(), payload = message:payload():data() }
      end
      """)
    try assertTask(run, [])
    try run.signal("greet", [#"{"name":"Ada"}"#], from: "{app:client@app:worker|other}")
    try assertTask(run, ["complete"])
    XCTAssertEqual(
      run.outcome, #"{"from":"{app:client@app:worker|other}","payload":{"name":"Ada"},"topic":"greet"}"#)
  }

  private static let counter = """
    return function()
      local counter, done = 0, false
      coroutine.spawn(function()
        local requests = process.listen("increment", { message = true })
        while not done do
          local message = requests:receive()
          local payload = message:payload()
          local data, from = payload and payload:data(), message:from()
          if type(data) ~= "table" or type(data.amount) ~= "number" then
            process.send(from, "nak", "amount must be a number")
          else
            process.send(from, "ack")
            counter = counter + data.amount
            process.send(from, "ok", { value = counter })
          end
        end
      end)
      process.listen("finish", { message = true }):receive()
      done = true
      return counter
    end
    """

  func testSignalUpdatesFromALocalProcess() throws {
    let run = try run(Self.counter)
    try assertTask(run, [])
    try run.signal("increment", [#"{"amount":2}"#], from: "{local-host|7}")
    try assertTask(run, ["marker SideEffect 1", "marker SideEffect 2"])
    try run.signal("increment", [#"{"amount":"x"}"#], from: "{local-host|7}")
    try assertTask(run, ["marker SideEffect 3"])
    // Without a sender there is nobody to answer.
    try run.signal("increment", [#"{"amount":1}"#])
    try assertTask(run, [])
    try run.signal("finish")
    try assertTask(run, ["complete"])
    XCTAssertEqual(run.outcome, "3")
  }

  func testSignalUpdatesFromAnUpdate() throws {
    let run = try run(Self.counter)
    try assertTask(run, [])
    try run.update("increment", id: "u1", [#"{"amount":2}"#])
    try assertTask(run, ["message u1/accept", "message u1/complete"])
    XCTAssertEqual(run.run.takeMessages().map(\.id), ["u1/accept", "u1/complete"])
    try run.update("increment", id: "u2", [#"{"amount":"x"}"#])
    try assertTask(run, [])
    XCTAssertEqual(run.run.takeMessages().map(\.id), ["u2/reject"])
  }

  func testErrorChild() throws {
    let run = try run(
      """
      return function()
        time.sleep("100ms")
        return nil, errors.new({ message = "no such thing", kind = errors.NOT_FOUND, retryable = false })
      end
      """)
    try assertTask(run, ["timer 5 100ms"])
    try run.fire("5")
    let commands = try run.task()
    XCTAssertEqual(commands.map(\.brief), ["fail NotFound"])
    let failure = commands[0].failWorkflowExecutionCommandAttributes.failure
    XCTAssertTrue(failure.applicationFailureInfo.nonRetryable)
    XCTAssertEqual(failure.source, "WippySDK")
    XCTAssertEqual(
      String(decoding: failure.applicationFailureInfo.details.payloads[0].data, as: UTF8.self),
      #"{"errors":[{"msg":"no such thing","kind":"NotFound","retry":false}]}"#)
    XCTAssertEqual(failure.cause.applicationFailureInfo.type, "err")
    XCTAssertEqual(failure.cause.source, "GoSDK")
  }

  func testSpawnedChild() throws {
    let run = try run(
      """
      return function()
        local events = process.events()
        local child, err = process.spawn("app.w:child", "other-queue", { message = "hello" })
        local event = events:receive()
        return { child = child, kind = event.kind, from = event.from, value = event.result.value,
          error = event.result.error and event.result.error:kind() }
      end
      """)
    try assertTask(run, ["child run_5 app.w:child on other-queue"])
    try run.start(child: "run_5")
    try assertTask(run, [])
    try run.complete(child: "run_5", #"{"done":true}"#)
    try assertTask(run, ["complete"])
    XCTAssertEqual(
      run.outcome,
      #"{"child":"{other-queue|run_5}","from":"{other-queue|run_5}","kind":"pid.exit","value":{"done":true}}"#)
  }

  func testUUIDs() throws {
    let run = try run(
      "return function(input) local ids = {} for i = 1, input.count do ids[i] = uuid.v4() end return ids end",
      #"{"count":3}"#)
    try assertTask(run, ["marker SideEffect 1", "marker SideEffect 2", "marker SideEffect 3", "complete"])
  }

  func testCrypto() throws {
    let run = try run(
      """
      return function()
        local key = "0123456789abcdef"
        local bytes = crypto.random.bytes(16)
        local text = crypto.random.string(20)
        local id = crypto.random.uuid()
        local sealed = crypto.encrypt.aes("secret", key)
        local wide = crypto.encrypt.chacha20("secret", key .. key)
        return {
          #bytes, #text, uuid.validate(id), #sealed, crypto.decrypt.aes(sealed, key),
          #wide, crypto.decrypt.chacha20(wide, key .. key), crypto.hmac.sha256("k", "v"), #crypto.pbkdf2("p", "s", 10, 32),
        }
      end
      """)
    try assertTask(
      run, (1...5).map { "marker SideEffect \($0)" } + ["complete"])
    let hmac = Digest.hex(Digest.hmac(.sha256, key: Array("k".utf8), Array("v".utf8)))
    XCTAssertEqual(run.outcome, #"[16,20,true,34,"secret",34,"secret","\#(hmac)",32]"#)
  }

  func testChildrenThatHaveSideEffects() throws {
    let run = try run(
      """
      return function()
        local first = process.exec("app.w:crypto", "test-queue", {})
        local second = workflow.exec("app.w:uuid", { count = 2 })
        return { first, second }
      end
      """)
    try assertTask(run, ["child run_5 app.w:crypto on test-queue"])
    try run.start(child: "run_5")
    try run.complete(child: "run_5", "1")
    try assertTask(run, ["child run_11 app.w:uuid on test-queue"])
    try run.start(child: "run_11")
    try run.complete(child: "run_11", "2")
    try assertTask(run, ["complete"])
    XCTAssertEqual(run.outcome, "[1,2]")
  }

  func testContext() throws {
    var header = Temporal_Api_Common_V1_Header()
    header.fields["wippy-context"] = JSONPayload.payload(json: #"{"tenant":"t1","n":3}"#)
    let run = try LuaTestRun(
      """
      return function()
        funcs.call("app.a:ctx")
        local all, value, missing = ctx.all(), ctx.get("tenant"), select(2, ctx.get("nope"))
        return { all = all, value = value, missing = tostring(missing), kind = missing:kind() }
      end
      """, header: header)
    let commands = try run.task()
    XCTAssertEqual(
      String(
        decoding: commands[0].scheduleActivityTaskCommandAttributes.header.fields["wippy-context"]?.data ?? .init(),
        as: UTF8.self), #"{"n":3,"tenant":"t1"}"#)
    try run.complete(activity: "5", "null")
    try assertTask(run, ["complete"])
    XCTAssertEqual(
      run.outcome,
      #"{"all":{"n":3,"tenant":"t1"},"kind":"NotFound","missing":"key not found: nope","value":"t1"}"#)
  }

  func testWorkflowModule() throws {
    let run = try run(
      """
      return function()
        local info = workflow.info()
        local first = workflow.version("test_change_v1", 1, 3)
        local child = workflow.exec("app.w:child", { message = "hello" })
        local again = workflow.version("test_change_v1", 1, 3)
        local second = workflow.version("test_change_v2", 0, 5)
        time.sleep(50 * time.MILLISECOND)
        return { info.workflow_id, info.task_queue, info.attempt, first, again, second, child }
      end
      """)
    try assertTask(
      run,
      [
        #"marker Version "test_change_v1""#, #"upsert TemporalChangeVersion=["test_change_v1-3"]"#,
        "child run_7 app.w:child on test-queue",
      ])
    try run.start(child: "run_7")
    try run.complete(child: "run_7", #""c""#)
    // Started is event 11.
    try assertTask(
      run,
      [
        #"marker Version "test_change_v2""#,
        #"upsert TemporalChangeVersion=["test_change_v2-5","test_change_v1-3"]"#, "timer 15 50ms",
      ])
    try run.fire("15")
    try assertTask(run, ["complete"])
    XCTAssertEqual(run.outcome, #"["wf","test-queue",1,3,3,5,"c"]"#)
  }

  func testSignalToAPeer() throws {
    let source = """
      return function(input)
        local ok, err = process.send(input.target, "peer_ping", { source = "me" })
        if err then return { tostring(err), err:kind(), err:retryable() == false } end
        return ok
      end
      """
    let run = try run(source, #"{"target":"{x@temporal|peer}"}"#)
    let commands = try run.task()
    XCTAssertEqual(commands.map(\.brief), ["signal 5 peer_ping to peer"])
    XCTAssertEqual(
      String(
        decoding: commands[0].signalExternalWorkflowExecutionCommandAttributes.header.fields["wippy-context"]?.data
          ?? .init(), as: UTF8.self), #"{"temporal.signal.from":"{test-queue|wf}"}"#)
    try run.delivered(externalTo: "peer")
    try assertTask(run, ["complete"])
    XCTAssertEqual(run.outcome, "true")

    let missing = try self.run(source, #"{"target":"nobody"}"#)
    try assertTask(missing, ["complete"])
    XCTAssertEqual(
      missing.outcome, #"["could not resolve 'nobody' as PID or registered name","NotFound",true]"#)

    let unknown = try self.run(source, #"{"target":"{x@temporal|peer}"}"#)
    try assertTask(unknown, ["signal 5 peer_ping to peer"])
    try unknown.undeliverable(externalTo: "peer")
    try assertTask(unknown, ["complete"])
    XCTAssertEqual(unknown.outcome, #"["unknown external workflow execution","Internal",false]"#)
  }

  func testMessageToAnotherHost() throws {
    let run = try run(
      """
      return function(input)
        process.send(input.target, "cross_host_ping", { from = process.pid() })
        local message = process.listen("cross_host_pong", { message = true }):receive()
        return { process.pid(), message:from(), message:topic() }
      end
      """, #"{"target":"{somewhere|9}"}"#)
    let commands = try run.task()
    XCTAssertEqual(commands.map(\.brief), ["marker SideEffect 1"])
    XCTAssertEqual(String(decoding: commands[0].userMetadata.summary.data, as: UTF8.self), #""process.send""#)
    XCTAssertEqual(
      commands[0].recordMarkerCommandAttributes.details["data"]?.payloads.map {
        String(decoding: $0.data, as: UTF8.self)
      },
      ["true"])
    try run.signal("cross_host_pong", [], from: "{somewhere|9}")
    try assertTask(run, ["complete"])
    XCTAssertEqual(run.outcome, #"["{test-queue|wf}","{somewhere|9}","cross_host_pong"]"#)
  }

  func testUnsupportedCalls() throws {
    let run = try run(
      """
      return function()
        local texts = {}
        for _, name in ipairs({ "monitor", "unmonitor", "link", "unlink" }) do
          local ok, err = process[name]("{a|b}")
          table.insert(texts, tostring(err) .. "|" .. err:kind() .. "|" .. tostring(err:retryable()))
        end
        return texts
      end
      """)
    try assertTask(run, ["complete"])
    XCTAssertEqual(
      run.outcome,
      #"["process.monitor not supported in workflow context: child workflows are automatically monitored|Internal|false","#
        + #""process.unmonitor not supported in workflow context|Internal|false","#
        + #""process.link not supported in workflow context: Temporal doesn't support bidirectional linking|Internal|false","#
        + #""process.unlink not supported in workflow context|Internal|false"]"#)
  }
}
