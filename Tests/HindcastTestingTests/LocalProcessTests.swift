import HindcastHistory
import HindcastTesting
import TemporalAPI
import XCTest

/// What functions and processes of one app do with each other, and with what is not there.
final class LocalProcessTests: XCTestCase {
  private static let processes = [
    // Answers with what it was told, and says how it is told to end.
    "parrot": """
    return function(prefix)
      local inbox, events = process.inbox(), process.events()
      while true do
        local result = channel.select{inbox:case_receive(), events:case_receive()}
        if result.channel == events then
          return {kind = result.value.kind, from = result.value.from, reason = result.value.reason}
        end
        local message = result.value
        if message:topic() == "die" then error("dead") end
        process.send(message:from(), "said", prefix .. message:payload():data(), process.pid())
      end
    end
    """,
    "counting": """
    return function(n)
      if n < 3 then process.upgrade(nil, n + 1) end
      return {n = n, pid = process.pid()}
    end
    """,
    "naming": """
    return function(name)
      local ok, err = process.registry.register(name)
      if not ok then return nil, err end
      process.inbox():receive()
      return "bye"
    end
    """,
  ]

  private func call(_ body: String) async throws -> String {
    let app = try LuaApp(
      workflows: ["waiter": "return function() return process.inbox():receive():topic() end"],
      functions: [
        "driver": "local function main()\n\(body)\nend\nreturn { main = main }",
        "sleep": "return { main = function(span) time.sleep(span) return span end }",
        "fail": "return { main = function() return nil, 'no ' .. ctx.get('user') end }",
      ], processes: Self.processes, for: self)
    do {
      let payloads = try await TestEnvironment(app: app.folder).call("app:driver", payloads: nil)
      return payloads?.payloads.first?.jsonText ?? ""
    } catch TestEnvironmentError.functionFailed(_, let failure) {
      return "failed: \(failure.message)"
    } catch TestEnvironmentError.functionStuck {
      return "stuck"
    }
  }

  func testProcessesOfAHost() async throws {
    let spawn = #"local pid = assert(process.spawn_monitored("app:parrot", "app:processes", "+ "))"#
    let cases: [(String, String)] = [
      (
        """
        \(spawn)
        process.send(pid, "say", "hello")
        local message = process.inbox():receive()
        local parts = message:payload()
        return {message:topic(), parts[1]:data(), parts[2]:data() == pid, message:from() == pid}
        """, #"["said","+ hello",true,true]"#
      ),
      (
        """
        \(spawn)
        process.cancel(pid, "enough")
        local value = process.events():receive().result.value
        return {value.kind, value.from == process.pid(), value.reason}
        """, #"["pid.cancel",true,"enough"]"#
      ),
      (
        """
        \(spawn)
        process.send(pid, "die")
        local event = process.events():receive()
        return {event.kind, event.from == pid, event.result.error:message()}
        """, #"["pid.exit",true,"app:parrot:9: dead"]"#
      ),
      (
        """
        \(spawn)
        process.terminate(pid)
        return process.events():receive().result.error:message()
        """, "\"process terminated\""
      ),
      (
        """
        local value, err = process.exec("app:naming", "app:processes", "one")
        return value
        """, "stuck"
      ),
      (
        """
        local pid = process.spawn("app:naming", "app:processes", "one")
        while not process.registry.lookup("one") do time.sleep("1s") end
        assert(process.registry.lookup("one") == pid)
        assert(process.monitor("one"))
        process.send("one", "go")
        local event = process.events():receive()
        return {event.result.value, (process.registry.lookup("one"))}
        """, #"["bye"]"#
      ),
      (
        """
        assert(process.registry.register("one"))
        local value, err = process.exec("app:naming", "app:processes", "one")
        local kept = process.registry.unregister("one")
        return {err:kind(), err:message(), kept, process.registry.unregister("one")}
        """, #"["AlreadyExists","name already registered",true,false]"#
      ),
      (
        """
        local named = process.with_options({}):with_name("bird")
        local first = named:with_message("say", "a"):spawn("app:parrot", "app:processes", "1 ")
        local second = named:with_message("say", "b"):spawn("app:parrot", "app:processes", "2 ")
        local inbox = process.inbox()
        return {first == second, inbox:receive():payload()[1]:data(), inbox:receive():payload()[1]:data()}
        """, #"[true,"1 a","1 b"]"#
      ),
      (
        """
        process.set_options({trap_links = true})
        local pid = process.spawn_linked("app:parrot", "app:processes", "")
        process.send(pid, "die")
        local event = process.events():receive()
        return {event.kind, event.from == pid}
        """, #"["pid.link.down",true]"#
      ),
      (
        """
        local pid = process.spawn_linked("app:parrot", "app:processes", "")
        process.send(pid, "die")
        process.inbox():receive()
        """, "failed: linked process failed"
      ),
      (
        """
        local pid = process.spawn("app:parrot", "app:processes", "")
        assert(process.link(pid))
        assert(process.unlink(pid))
        process.send(pid, "die")
        time.sleep("1s")
        return "alive"
        """, "\"alive\""
      ),
      (
        """
        \(spawn)
        local _, err = process.monitor(pid)
        assert(process.unmonitor(pid))
        process.send(pid, "die")
        local late = time.after("1s")
        local result = channel.select{process.events():case_receive(), late:case_receive()}
        return {err:message(), result.channel == late}
        """, #"["already monitoring pid",true]"#
      ),
      (
        """
        local pid = process.spawn_monitored("app:counting", "app:processes", 1)
        local value = process.events():receive().result.value
        return {value.n, value.pid == pid}
        """, "[3,true]"
      ),
      (
        // Both take an hour, at the same time; the second is not waited for.
        """
        local begin = os.time()
        local first, second = funcs.async("app:sleep", "1h"), funcs.async("app:sleep", "1h")
        local slow = funcs.async("app:sleep", "9h")
        local deadline = time.after("2h")
        local results = {}
        for _, future in ipairs({first, second}) do
          local result = channel.select{future:response():case_receive(), deadline:case_receive()}
          table.insert(results, result.value:data())
        end
        local late = channel.select{slow:response():case_receive(), deadline:case_receive()}
        slow:cancel()
        return {results, os.time() - begin, late.channel == deadline, slow:is_canceled()}
        """, #"[["1h","1h"],7200,true,true]"#
      ),
      (
        """
        local value, err = funcs.new():with_context({user = "ann"}):async("app:fail")
        value = value:response():receive()
        return {type(value), value:message()}
        """, #"["userdata","no ann"]"#
      ),
    ]
    for (body, expected) in cases {
      let text = try await call(body)
      XCTAssertEqual(text, expected, body)
    }
  }

  func testWhatIsNotThere() async throws {
    let nobody = "\"{functions|nobody}\""
    let cases: [(String, String)] = [
      (#"process.spawn("app:parrot", "app:nowhere")"#, "NotFound host not found false"),
      (#"process.exec("app:parrot", "app:nowhere")"#, "NotFound host not found false"),
      ("process.send(\(nobody), 'x')", "NotFound process not found false"),
      ("process.send('{app:nowhere|x}', 'x')", "NotFound host not found false"),
      ("process.send('{app:nobody@app:worker|x}', 'x')", "NotFound node not found false"),
      ("process.send('somebody', 'x')", "NotFound could not resolve 'somebody' as PID or registered name false"),
      ("process.send('{app:worker|x}', '@pid/inbox')", "Invalid cannot send to @ topics false"),
      ("process.send('{app:client@app:worker|x}', 'x')", " workflow not found for ID: x nil"),
      ("process.send('{app:worker|x}', 'x')", " workflow not found for ID: x nil"),
      // These are the runtime's own errors, whatever was wrong.
      ("process.cancel(\(nobody))", "Internal process not found false"),
      ("process.terminate(\(nobody))", "Internal process not found false"),
      ("process.terminate('{app:client@app:worker|x}')", "Internal workflow not found for ID: x false"),
      ("process.cancel('{app:client@app:worker|x}')", "Internal workflow not found for ID: x false"),
      ("process.monitor(\(nobody))", "Internal pid not registered false"),
      ("process.link(\(nobody))", "Internal pid not registered false"),
      ("process.monitor('{app:nobody@x|x}')", "Internal node not found false"),
    ]
    for (call, expected) in cases {
      let text = try await self.call(
        "local ok, err = \(call)\nreturn err:kind() .. ' ' .. err:message() .. ' ' .. tostring(err:retryable())")
      XCTAssertEqual(text, "\"\(expected)\"", call)
    }
  }

  func testAWatchOfAWorkflowThatIsNotThereEndsWithAnError() async throws {
    let text = try await call(
      """
      assert(process.monitor("{app:client@app:worker|nobody}"))
      local event = process.events():receive()
      return {event.kind, event.from, event.result.error:kind()}
      """)
    XCTAssertEqual(text, #"["pid.exit","{app:client@app:worker|nobody}","Internal"]"#)
  }

  /// A workflow that retries or goes on as new is one workflow for whoever watches it.
  func testAWatchFollowsTheRunsOfAChain() async throws {
    let app = try LuaApp(
      workflows: [
        "chain": """
        return function(n)
          if n < 3 then process.upgrade(nil, n + 1) end
          return n
        end
        """
      ],
      functions: [
        "driver": """
        local function main()
          process.spawn_monitored("app:chain", "app:worker", 1)
          return {exec = process.exec("app:chain", "app:worker", 0), monitor = process.events():receive().result.value}
        end
        return { main = main }
        """
      ], for: self)
    let environment = try TestEnvironment(app: app.folder)
    let result: [String: Int] = try await environment.call("app:driver")
    XCTAssertEqual(result, ["exec": 3, "monitor": 3])
  }

  func testTheSameCallGivesTheSameHistories() async throws {
    let app = try LuaApp(
      workflows: ["waiter": "return function(n) return process.inbox():receive():payload():data() + n end"],
      functions: [
        "driver": """
        local function main()
          local pids, sum = {}, 0
          for n = 1, 3 do pids[n] = process.spawn_monitored("app:waiter", "app:worker", n) end
          for n = 1, 3 do
            coroutine.spawn(function() process.send(pids[n], "add", 10 * n) end)
          end
          for _ = 1, 3 do sum = sum + process.events():receive().result.value end
          return sum
        end
        return { main = main }
        """
      ], for: self)
    var recordings: Set<[[UInt8]]> = []
    for _ in 1...5 {
      let environment = try TestEnvironment(app: app.folder)
      let sum: Int = try await environment.call("app:driver")
      XCTAssertEqual(sum, 66)
      var histories: [[UInt8]] = []
      for run in try await environment.rootWorkflows() { histories.append(HistoryWriter.json(try await run.history())) }
      XCTAssertEqual(histories.count, 3)
      recordings.insert(histories)
    }
    XCTAssertEqual(recordings.count, 1)
  }

  func testCallsOfWhatIsNoFunctionAreRefused() async throws {
    let app = try LuaApp(
      workflows: ["waiter": "return function() end"], functions: ["driver": "return { main = function() end }"],
      for: self
    )
    let environment = try TestEnvironment(app: app.folder)
    for name in ["app:waiter", "app:nobody"] {
      do {
        _ = try await environment.call(name, payloads: nil)
        XCTFail("\(name) was called")
      } catch TestEnvironmentError.unusableApp(let text) {
        XCTAssertTrue(text.contains("no function.lua or process.lua entry \(name); it has app:driver"), text)
      }
    }
  }
}
