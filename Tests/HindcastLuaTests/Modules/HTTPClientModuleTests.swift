import HindcastCore
import HindcastHTTP
import Synchronization
import XCTest

@testable import HindcastLua

final class HTTPClientModuleTests: XCTestCase {
  private func run(_ source: String, _ exchange: ScriptedExchange) -> String {
    var rig = LuaFunctionRig()
    rig.context.http = exchange
    return rig.outcome("return function()\n\(source)\nend")
  }

  /// What a call sends: method, URL, header fields, content, and what else is set.
  private func sent(_ call: String) -> String {
    let exchange = ScriptedExchange()
    let outcome = run("local r, err = \(call) if err then error(err) end return r.status_code", exchange)
    guard outcome == "200", let request = exchange.requests.first else { return outcome }
    var parts = ["\(request.method) \(request.url)"]
    parts += request.headers.map { "\($0.name): \($0.value)" }
    if !request.body.isEmpty { parts.append(String(decoding: request.body, as: UTF8.self)) }
    if let timeout = request.timeout { parts.append("timeout \(timeout)") }
    if let limit = request.largestAnswer { parts.append("limit \(limit)") }
    if let socket = request.unixSocket { parts.append("socket \(socket)") }
    if let tls = request.tls { parts.append("\(tls)") }
    return parts.joined(separator: " | ")
  }

  func testEachFunctionAndOptionIsSent() {
    let url = "http://h/p"
    let cases: [(String, String)] = [
      ("http_client.get('\(url)')", "GET \(url)"),
      ("http_client.head('\(url)')", "HEAD \(url)"),
      ("http_client.delete('\(url)')", "DELETE \(url)"),
      ("http_client.post('\(url)', { body = 'x' })", "POST \(url) | x"),
      ("http_client.put('\(url)', { body = 'x' })", "PUT \(url) | x"),
      ("http_client.patch('\(url)', { body = 'x' })", "PATCH \(url) | x"),
      ("http_client.request('options', '\(url)')", "OPTIONS \(url)"),
      (
        "http_client.get('\(url)', { headers = { ['x-trace-id'] = 'a', Accept = 'text/plain', bad = 3 } })",
        "GET \(url) | Accept: text/plain | X-Trace-Id: a"
      ),
      (
        "http_client.get('\(url)?b=1&a=x%20y#top', { query = { b = '2', ['c d'] = 'ä&' } })",
        "GET \(url)?a=x+y&b=2&c+d=%C3%A4%26#top"
      ),
      ("http_client.get('\(url)', { cookies = { s = 'v', t = 'a b' } })", "GET \(url) | Cookie: s=v; t=\"a b\""),
      (
        "http_client.get('\(url)', { auth = { user = 'ada', pass = 'pw' } })",
        "GET \(url) | Authorization: Basic YWRhOnB3"
      ),
      (
        "http_client.post('\(url)', { form = { b = '1', a = 'x y' }, body = 'ignored' })",
        "POST \(url) | Content-Type: application/x-www-form-urlencoded | a=x+y&b=1"
      ),
      ("http_client.get('\(url)', { timeout = 2.9 })", "GET \(url) | timeout 2.0 seconds"),
      ("http_client.get('\(url)', { timeout = '1m' })", "GET \(url) | timeout 60.0 seconds"),
      ("http_client.get('\(url)', { timeout = -5 })", "GET \(url)"),
      ("http_client.get('\(url)', { timeout = 'soon' })", "GET \(url)"),
      ("http_client.get('\(url)', { timeout = 1e300 })", "GET \(url) | timeout 9223372036.854776 seconds"),
      ("http_client.get('\(url)', { max_response_body = 10 })", "GET \(url) | limit 10"),
      ("http_client.get('\(url)', { unix_socket = '/run/s' })", "GET \(url) | socket /run/s"),
      (
        "http_client.get('\(url)', { tls = { ca = 'PEM', server_name = 'n', insecure_skip_verify = true } })",
        "GET \(url) | TLS(certificate: false, key: false, authorities: true, serverName: n, skipsVerification: true)"
      ),
      ("http_client.get('\(url)', { tls = {} })", "GET \(url)"),
    ]
    for (call, expected) in cases { XCTAssertEqual(sent(call), expected, call) }
  }

  func testFilesBecomeAMultipartForm() throws {
    let exchange = ScriptedExchange()
    _ = run(
      """
      return http_client.post('http://h/', { form = { note = 'n' }, files = {
        { name = 'f', filename = 'a"b\\r\\nX: y.txt', content_type = 'text/plain', content = 'data' }, { name = 'empty' } } })
      """, exchange)
    let request = try XCTUnwrap(exchange.requests.first)
    let type = try XCTUnwrap(request.headers.first).value
    XCTAssertTrue(type.hasPrefix("multipart/form-data; boundary="), type)
    let boundary = String(type.dropFirst("multipart/form-data; boundary=".count))
    XCTAssertEqual(boundary.count, 60)
    XCTAssertEqual(
      String(decoding: request.body, as: UTF8.self),
      """
      --\(boundary)\r\nContent-Disposition: form-data; name="note"\r\n\r\nn\r\n--\(boundary)\r
      Content-Disposition: form-data; name="f"; filename="a\\"b%0D%0AX: y.txt"\r
      Content-Type: application/octet-stream\r\n\r\ndata\r\n--\(boundary)--\r\n
      """)
  }

  func testTheAnswerIsATable() {
    let exchange = ScriptedExchange { request in
      HTTPResponse(
        status: 201,
        headers: [
          HTTPField("content-type", "text/plain"), HTTPField("Set-Cookie", "a=1; Path=/"),
          HTTPField("set-cookie", "b=\"2\""),
          HTTPField("X-MANY", "first"), HTTPField("x-many", "second"),
        ], body: Array("hi".utf8), url: "http://h/final")
    }
    XCTAssertEqual(
      run("return (http_client.get('http://h/'))", exchange),
      #"{"body":"hi","body_size":2,"cookies":{"a":"1","b":"2"},"headers":{"Content-Type":"text/plain","#
        + #""Set-Cookie":"a=1; Path=/","X-Many":"first"},"status_code":201,"url":"http://h/final"}"#)
    let empty = ScriptedExchange { HTTPResponse(status: 204, url: $0.url) }
    XCTAssertEqual(
      run("return (http_client.get('http://h/'))", empty), #"{"body_size":0,"status_code":204,"url":"http://h/"}"#)
  }

  func testAStreamIsReadPieceByPiece() {
    let exchange = ScriptedExchange { HTTPResponse(status: 200, body: Array("abcdef".utf8), url: $0.url) }
    XCTAssertEqual(
      run(
        """
        local r = http_client.get('http://h/', { stream = true })
        local parts = { r.body_size, r.stream:read(2), r.stream:read(), tostring(r.stream:read()), r.stream:close() }
        local _, err = r.stream:read()
        parts[#parts + 1] = tostring(err)
        return parts
        """, exchange), #"[-1,"ab","cdef","nil",true,"stream is closed"]"#)
  }

  func testErrorsAreUpstreams() {
    let refusing = ScriptedExchange { throw $0.error(.unreachable, "connection refused") }
    let cases: [(String, String)] = [
      ("http_client.get('http://h/x?token=secret')", #"Internal true Get "http://h/x": connection refused"#),
      (
        "http_client.get('file:///etc/passwd')",
        #"Internal true Get "file:///etc/passwd": unsupported protocol scheme "file""#
      ),
      ("http_client.get('nowhere')", #"Internal true Get "nowhere": unsupported protocol scheme """#),
      ("http_client.get('http://')", #"Internal true Get "http://": http: no Host in request URL"#),
      ("http_client.get('http://h/\\r\\nX: y')", "Internal true parse: net/url: invalid control character in URL"),
      (
        "http_client.get('http://h/', { headers = { ['X-A'] = 'b\\r\\nEvil: 1' } })",
        #"Internal true Get "http://h/": net/http: invalid header field value for "X-A""#
      ),
      (
        "http_client.get('http://h/', { headers = { ['X A'] = 'b' } })",
        #"Internal true Get "http://h/": net/http: invalid header field name "X A""#
      ),
      ("http_client.request('G T', 'http://h/')", #"Internal true G t "http://h/": net/http: invalid method "G T""#),
      (
        "http_client.get('http://h/', { tls = { cert = 'PEM' } })",
        "Internal true both cert and key must be provided together"
      ),
      (
        "http_client.get('http://h/', { overlay_network = 'app:tor' })",
        #"Internal true overlay network "app:tor" requested but network registry is not configured"#
      ),
      ("http_client.request_batch({ 'x' })", "Invalid false each request must be a table"),
      ("http_client.request_batch({ { 1, 'http://h/' } })", "Invalid false method must be a string"),
      ("http_client.request_batch({ { 'GET' } })", "Invalid false URL must be a string"),
      (
        "http_client.request_batch({ { 'GET', 'http://h/', { stream = true } } })",
        "Invalid false streaming not supported in batch requests"
      ),
      ("http_client.decode_uri('%zz')", #"Invalid false invalid URL escape "%zz""#),
      ("http_client.decode_uri('%a')", #"Invalid false invalid URL escape "%a""#),
    ]
    for (call, expected) in cases {
      XCTAssertEqual(
        run(
          "local r, err = \(call) return err:kind() .. ' ' .. tostring(err:retryable()) .. ' ' .. err:message()",
          refusing),
        Self.json(expected), call)
    }
    for (call, expected) in [
      ("http_client.get('')", "bad argument #1 to 'get' (URL required)"),
      ("http_client.request('', 'http://h/')", "bad argument #1 to 'request' (method required)"),
      ("http_client.get('http://h/', 'options')", "bad argument #2 to 'get' (table expected, got string)"),
      ("http_client.request_batch({})", "bad argument #1 to 'request_batch' (requests table cannot be empty)"),
    ] { XCTAssertEqual(run("return \(call)", refusing), "Internal: app:f:2: \(expected)", call) }
  }

  private static func json(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }

  func testEscapes() {
    XCTAssertEqual(
      run("return { http_client.encode_uri('a b&ä~'), http_client.decode_uri('a+b%26%C3%A4~') }", ScriptedExchange()),
      #"["a+b%26%C3%A4~","a b\u0026ä~"]"#)
  }

  func testWithoutANetworkTheErrorSaysHowToGetOne() {
    XCTAssertEqual(
      LuaFunctionRig().outcome("return function() return http_client.get('http://h/') end"),
      "Unavailable!: http_client has no network here: build Hindcast with --traits GRPC, or stub the request in a "
        + "TestEnvironment")
  }

  // MARK: Side by side

  /// Neither answer comes before both were asked for: one after the other, they would wait for ever.
  func testABatchIsSentAtOnce() {
    let gate = Gate(opensAt: 2)
    let exchange = ScriptedExchange { request in
      await gate.pass()
      if request.url.hasSuffix("2") { throw request.error(.timedOut, "too slow") }
      return HTTPResponse(status: 200, body: Array(request.method.utf8), url: request.url)
    }
    XCTAssertEqual(
      run(
        """
        local rs, errs = http_client.request_batch({ { 'get', 'http://h/1' }, { 'PUT', 'http://h/2' } })
        return { rs[1].body, tostring(rs[2]), tostring(errs[1]), errs[2]:message() }
        """, exchange), #"["GET","nil","nil","Put \"http://h/2\": too slow"]"#)
  }

  func testCoroutinesAskSideBySide() {
    let gate = Gate(opensAt: 3)
    let exchange = ScriptedExchange { request in
      await gate.pass()
      return HTTPResponse(status: 200, body: [UInt8(ascii: "x")], url: request.url)
    }
    XCTAssertEqual(
      run(
        """
        local done = channel.new(3)
        for i = 1, 3 do coroutine.spawn(function() done:send(http_client.get('http://h/' .. i).body .. i) end) end
        local all = {}
        for i = 1, 3 do all[i] = done:receive() end
        table.sort(all)
        return all
        """, exchange), #"["x1","x2","x3"]"#)
  }

  /// A timer goes off while a request that is never answered is under way.
  func testATimerEndsBeforeAnAnswerThatDoesNotCome() {
    let exchange = ScriptedExchange { _ in
      try await Task.sleep(for: .seconds(3600))
      return HTTPResponse(status: 200)
    }
    XCTAssertEqual(
      run(
        """
        local answer = channel.new(1)
        coroutine.spawn(function() answer:send((http_client.get('http://h/'))) end)
        local late = time.after('1ms')
        return channel.select({ answer:case_receive(), late:case_receive() }).channel == late
        """, exchange), "true")
  }

  func testAStopEndsTheRequest() async {
    let isStopped = Mutex(false)
    let aborted = XCTestExpectation(description: "the request was cancelled")
    var rig = LuaFunctionRig()
    let wake = rig.context.wake
    rig.context.http = ScriptedExchange { _ in
      isStopped.withLock { $0 = true }
      wake()
      do {
        try await Task.sleep(for: .seconds(3600))
      } catch {
        aborted.fulfill()
      }
      throw CancellationError()
    }
    rig.context.isStopped = { isStopped.withLock { $0 } }
    XCTAssertEqual(
      rig.outcome("return function() return pcall(http_client.get, 'http://h/') end"), "Internal: context canceled")
    await fulfillment(of: [aborted], timeout: 30)
  }

  func testAnAnswerLargerThanTheMachineIsAFailure() {
    var rig = LuaFunctionRig()
    rig.limits = RunLimits(cpuTime: nil, memory: 4 << 20)
    rig.context.http = ScriptedExchange { request in
      HTTPResponse(status: 200, body: [UInt8](repeating: 120, count: 16 << 20), url: request.url)
    }
    let outcome = rig.outcome("return function() local r = http_client.get('http://h/') return #(r.body .. 'x') end")
    XCTAssertTrue(outcome.contains("memory"), outcome)
  }
}

/// Lets nobody through until so many have come.
actor Gate {
  private let count: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var isOpen = false

  init(opensAt count: Int) { self.count = count }

  func pass() async {
    if isOpen { return }
    await withCheckedContinuation { continuation in
      waiting.append(continuation)
      if waiting.count == count { open() }
    }
  }

  func open() {
    isOpen = true
    for waiter in waiting { waiter.resume() }
    waiting = []
  }
}
