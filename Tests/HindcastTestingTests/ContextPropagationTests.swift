import HindcastHTTP
import HindcastTesting
import XCTest

/// Values that a spawner carries reach the child workflow, its activities, and the functions that these call.
final class ContextPropagationTests: XCTestCase {
  func testValuesReachActivitiesOfAChild() async throws {
    let app = try LuaApp(
      workflows: [
        "parent": """
        return { main = function()
          local pid, err = process.with_context({ tenant = "t-1", level = 3 }):spawn("app:child", "queue")
          if err then return err:message() end
          time.sleep("60s")
          local own = ctx.get("tenant")
          return tostring(own)
        end }
        """,
        "child": """
        return { main = function()
          local _, err = funcs.call("app:act")
          if err then error(err:message()) end
          return "done"
        end }
        """,
      ],
      activities: [
        "act": """
        return { main = function()
          local _, err = funcs.call("app:inner", ctx.get("tenant"))
          if err then return nil, err end
          local executor = funcs.new():with_context({ tenant = "t-2" })
          _, err = executor:call("app:inner", ctx.get("tenant"))
          return true, err
        end }
        """,
        "inner": """
        return { main = function(outer)
          http_client.get("http://h/", { headers = {
            Tenant = ctx.get("tenant"), Outer = outer, Level = tostring(ctx.get("level")) } })
        end }
        """,
      ], activityModules: ["http_client", "funcs"], for: self)
    let environment = try TestEnvironment(app: app.folder)
    environment.http.stub("GET", "http://h/")
    let run = try await environment.start("app:parent")
    let result: String = try await run.result()
    XCTAssertEqual(result, "nil", "the parent's own values stay as they are")
    let seen = environment.http.requests.map { $0.headers.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }
    XCTAssertEqual(seen, ["Level=3 Outer=t-1 Tenant=t-1", "Level=3 Outer=t-1 Tenant=t-2"])
  }
}
