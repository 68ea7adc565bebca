import HindcastHTTP
import HindcastTesting
import XCTest

final class HTTPStubTests: XCTestCase {
  private func environment(_ activity: String) throws -> TestEnvironment {
    let app = try LuaApp(
      workflows: [
        "flow": """
        return { main = function(x)
          local r, err = funcs.new():with_options({ ["activity.retry_policy"] = { maximum_attempts = 1 } }):call("app:act", x)
          if err then return { kind = err:kind(), message = err:message() } end
          return r
        end }
        """
      ], activities: ["act": "return { main = function(x)\n\(activity)\nend }"],
      activityModules: ["http_client", "json"],
      for: self)
    return try TestEnvironment(app: app.folder)
  }

  private func outcome(_ environment: TestEnvironment, _ input: String = "x") async throws -> [String: String] {
    let run = try await environment.start("app:flow", input)
    return try await run.result()
  }

  private static let charge = """
    local r, err = http_client.post("https://pay.example/charges?live=1", {
      headers = { ["Idempotency-Key"] = x }, body = json.encode({ amount = 5 }) })
    if err then return nil, err end
    return { status = tostring(r.status_code), id = (json.decode(r.body)).id }
    """

  func testAStubAnswersAndRemembers() async throws {
    let environment = try environment(Self.charge)
    try environment.http.stub("POST", "https://pay.example/charges", json: ["id": "ch-1"], status: 201)
    let result = try await outcome(environment, "order-7")
    XCTAssertEqual(result, ["status": "201", "id": "ch-1"])
    let request = try XCTUnwrap(environment.http.requests.first)
    XCTAssertEqual(environment.http.requests.count, 1)
    XCTAssertEqual(request.method, "POST")
    XCTAssertEqual(request.url, "https://pay.example/charges?live=1")
    XCTAssertEqual(request.headers, [HTTPField("Idempotency-Key", "order-7")])
    XCTAssertEqual(String(decoding: request.body, as: UTF8.self), #"{"amount":5}"#)
  }

  func testWhatNoStubAnswersFailsWithTheStubToWrite() async throws {
    let environment = try environment(Self.charge)
    environment.http.stub("GET", "https://pay.example/charges")
    environment.http.stub("POST", "https://pay.example/charges?live=2")
    environment.http.stub("POST", "https://pay.example/charge")
    let result = try await outcome(environment)
    XCTAssertEqual(
      result,
      [
        "kind": "Internal",
        "message": "Post \"https://pay.example/charges\": no stub answers: "
          + "environment.http.stub(\"POST\", \"https://pay.example/charges\", …)",
      ])
  }

  func testAddressesMatch() async throws {
    for (method, address) in [
      ("POST", "https://pay.example/charges?live=1"), ("post", "https://pay.example/*"), ("*", "*"),
      ("POST", "https://pay.example/charges?live=*"),
    ] {
      let environment = try environment(Self.charge)
      environment.http.stub(method, address, body: #"{"id":"a"}"#)
      let result = try await outcome(environment)
      XCTAssertEqual(result, ["status": "200", "id": "a"], "\(method) \(address)")
    }
  }

  func testASequenceAnswersInOrderAndItsLastStays() async throws {
    let environment = try environment(
      """
      local all = {}
      for i = 1, 4 do
        local r, err = http_client.get("http://h/")
        all[tostring(i)] = r and r.body or err:message()
      end
      return all
      """)
    environment.http.stub(
      "GET", "http://h/",
      sequence: [
        HTTPResponse(status: 200, body: [UInt8(ascii: "a")]), HTTPResponse(status: 200, body: [UInt8(ascii: "b")]),
      ])
    let result = try await outcome(environment)
    XCTAssertEqual(result, ["1": "a", "2": "b", "3": "b", "4": "b"])
  }

  func testFailuresAndLimitsAreThoseOfTheNetwork() async throws {
    let environment = try environment(
      """
      local _, slow = http_client.get("http://slow/")
      local _, large = http_client.get("http://large/", { max_response_body = 2 })
      local _, file = http_client.get("file:///etc/passwd")
      return { slow = slow:message(), large = large:message(), file = file:message() }
      """)
    environment.http.stub("GET", "http://slow/", failing: .timedOut)
    environment.http.stub("GET", "http://large/", body: "abc")
    let result = try await outcome(environment)
    XCTAssertEqual(
      result,
      [
        "slow": "Get \"http://slow/\": stubbed: timedOut", "large": "response body too large (max 2 bytes)",
        "file": "Get \"file:///etc/passwd\": unsupported protocol scheme \"file\"",
      ])
  }

  func testAnotherExchangeTakesWhatNoStubAnswers() async throws {
    struct Network: HTTPExchange {
      func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        HTTPResponse(status: 418, body: Array(#"{"id":"n"}"#.utf8))
      }
    }
    let environment = try environment(Self.charge)
    environment.http.network = Network()
    let result = try await outcome(environment)
    XCTAssertEqual(result, ["status": "418", "id": "n"])
  }
}
