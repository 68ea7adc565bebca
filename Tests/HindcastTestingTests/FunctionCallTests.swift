import HindcastHistory
import HindcastTesting
import TemporalAPI
import XCTest

/// Functions of an app that start workflows and talk to them, in an environment with skipped time.
final class FunctionCallTests: XCTestCase {
  private static let doubler = """
    local function main(input)
      if input.fail then
        return nil, errors.new({message = "no " .. input.fail, kind = errors.NOT_FOUND, retryable = false})
      end
      time.sleep(input.delay or "1h")
      return {doubled = input.value * 2}
    end
    return main
    """
  /// Answers each message until it gets `stop`.
  private static let echo = """
    local function main(input)
      local inbox = process.inbox()
      local count = 0
      while true do
        local message = inbox:receive()
        local data = message:payload() and message:payload():data()
        count = count + 1
        if message:topic() == "stop" then
          return {count = count, input = input, from = message:from()}
        end
        if message:from() ~= "" then
          process.send(message:from(), "echo", {topic = message:topic(), data = data, pid = process.pid()})
        end
      end
    end
    return main
    """

  private func environment(
    _ driver: String, processes: [String: String] = [:], prefix: String = ""
  ) throws -> TestEnvironment {
    let app = try LuaApp(
      workflows: ["doubler": Self.doubler, "echo": Self.echo], functions: ["driver": driver], processes: processes,
      prefix: prefix, for: self)
    return try TestEnvironment(app: app.folder)
  }

  private func call(_ driver: String, processes: [String: String] = [:]) async throws -> String {
    let payloads = try await environment(driver, processes: processes).call("app:driver", payloads: nil)
    return String(decoding: payloads?.payloads.first?.data ?? .init(), as: UTF8.self)
  }

  func testExecuteGivesResultOrError() async throws {
    let text = try await call(
      """
      local function main()
        local value, err = process.exec("app:doubler", "app:worker", {value = 21})
        if err then return nil, err end
        local nothing, failure = process.exec("app:doubler", "app:worker", {fail = "unicorn"})
        return {doubled = value.doubled, nothing = nothing, kind = failure:kind(), retryable = failure:retryable(),
          message = failure:message()}
      end
      return { main = main }
      """)
    XCTAssertEqual(
      text, #"{"doubled":42,"kind":"NotFound","message":"no unicorn","retryable":false}"#)
  }

  func testMonitoredSpawnTellsTheEndAndMessagesAreAnswered() async throws {
    let text = try await call(
      """
      local function main()
        local inbox, events = process.inbox(), process.events()
        local pid, err = process.spawn_monitored("app:echo", "app:worker", "hello")
        if err then return nil, err end
        process.send(pid, "ping", {n = 1})
        local message = inbox:receive()
        process.send(pid, "stop")
        local event = events:receive()
        local data = message:payload():data()
        return {topic = message:topic(), from = message:from() == pid, data = data.data, own = data.pid == pid,
          kind = event.kind, exit = event.from == pid, value = event.result.value,
          me = event.result.value.from == process.pid()}
      end
      return { main = main }
      """)
    for part in [
      #""topic":"echo""#, #""from":true"#, #""data":{"n":1}"#, #""own":true"#, #""kind":"pid.exit""#, #""exit":true"#,
      #""count":2"#, #""input":"hello""#, #""me":true"#,
    ] { XCTAssertTrue(text.contains(part), "\(part) in \(text)") }
  }
}
