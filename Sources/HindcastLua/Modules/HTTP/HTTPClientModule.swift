import HindcastHTTP

/// `http_client`, for activities.
///
/// A request waits without keeping the activity's other coroutines waiting. What the options mean, and which texts errors
/// have, is upstream's; only `nil, err` for a missing exchange is Hindcast's own.
enum HTTPClientModule: LuaModule {
  private static let library = "http_client"

  static func register(_ host: ModuleHost) {
    for method in ["get", "post", "put", "delete", "head", "patch"] {
      host.define(method, of: library) { call, host throws(LuaRaise) in
        try send(method.uppercased(), call, host, url: 1)
      }
    }
    host.define("request", of: library) { call, host throws(LuaRaise) in
      let method = try call.checkString(1).uppercased()
      if method.isEmpty { throw .argument(1, "method required") }
      return try send(method, call, host, url: 2)
    }
    host.define("request_batch", of: library, batch)
    host.define("encode_uri", of: library) { call, _ throws(LuaRaise) in
      call.reply(URLQuery.escape(try call.checkChargedBytes(1)))
    }
    host.define("decode_uri", of: library) { call, host throws(LuaRaise) in
      let bytes = try call.checkChargedBytes(1)
      do throws(URLQuery.InvalidEscape) {
        call.push(bytes: try URLQuery.unescape(bytes))
        return .results(1)
      } catch {
        return call.fail(.invalid(error.description), host)
      }
    }
  }

  private static func exchange(_ host: ModuleHost) -> (any HTTPExchange)? {
    host.client?.surroundings?.http ?? host.client?.appState?.http
  }

  private static var noExchange: LuaErrorValue {
    LuaErrorValue(
      kind: ErrorKind.unavailable,
      message:
        "http_client has no network here: build Hindcast with --traits GRPC, or stub the request in a TestEnvironment",
      isRetryable: false)
  }

  private static func boundary(_ host: ModuleHost) -> String {
    (host.client?.random.next(30) ?? []).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0\(digits)" : digits
    }.joined()
  }

  private static func send(
    _ method: String, _ call: LuaCall, _ host: ModuleHost, url position: Int
  ) throws(LuaRaise) -> LuaReply {
    let url = try call.checkString(position)
    if url.isEmpty { throw .argument(position, "URL required") }
    var options = HTTPCallOptions()
    if !call.isNil(position + 1) {
      try call.check(position + 1, is: .table)
      options = HTTPCallOptions(call, position + 1, host)
    }
    guard let exchange = exchange(host) else { return call.fail(noExchange, host) }
    let request = HTTPCall(method, url, options) { boundary(host) }
    return try host.wait(
      .operation(
        .errand(
          Errand {
            let result = await request.send(exchange)
            return { thread, host in
              push(result, isStream: request.isStream, onto: thread, host)
              if case .success = result { thread.pushNil() }
              return 2
            }
          })), call)
  }

  // MARK: Many at once

  private static func batch(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    try call.check(1, is: .table)
    if call.length(1) == 0 { throw .argument(1, "requests table cannot be empty") }
    var requests: [HTTPCall] = []
    var complaint: String?
    let stack = call
    call.forEachField(of: 1) { _, entry in
      switch request(stack, entry, host) {
      case .success(let request): requests.append(request)
      case .failure(let error): complaint = error.message
      }
      return complaint == nil
    }
    if let complaint { return call.fail(.invalid(complaint), host) }
    guard let exchange = exchange(host) else { return call.fail(noExchange, host) }
    return try host.wait(
      .operation(
        .errand(
          Errand { [requests] in
            let results = await sendAll(requests, exchange)
            return { thread, host in push(results, onto: thread, host) }
          })), call)
  }

  private static func request(
    _ stack: LuaCall, _ entry: Int, _ host: ModuleHost
  ) -> Result<HTTPCall, HTTPCallFailure> {
    guard stack.type(entry) == .table else { return .failure(HTTPCallFailure("each request must be a table")) }
    stack.pushElement(1, of: entry)
    guard stack.type(-1) == .string, let method = stack.string(-1) else {
      return .failure(HTTPCallFailure("method must be a string"))
    }
    stack.pushElement(2, of: entry)
    guard stack.type(-1) == .string, let url = stack.string(-1) else {
      return .failure(HTTPCallFailure("URL must be a string"))
    }
    var options = HTTPCallOptions()
    if stack.pushElement(3, of: entry) == .table { options = HTTPCallOptions(stack, stack.top, host) }
    if options.isStream { return .failure(HTTPCallFailure("streaming not supported in batch requests")) }
    return .success(HTTPCall(method.uppercased(), url, options) { boundary(host) })
  }

  private static func sendAll(
    _ requests: [HTTPCall], _ exchange: any HTTPExchange
  ) async -> [Result<HTTPResponse, HTTPCallFailure>] {
    await withTaskGroup(of: (Int, Result<HTTPResponse, HTTPCallFailure>).self) { group in
      for (index, request) in requests.enumerated() {
        group.addTask { (index, await request.send(exchange)) }
      }
      var results = [Result<HTTPResponse, HTTPCallFailure>?](repeating: nil, count: requests.count)
      for await (index, result) in group { results[index] = result }
      return results.compactMap { $0 }
    }
  }

  /// Pushes the table of answers, and the table of errors where there is one.
  private static func push(
    _ results: [Result<HTTPResponse, HTTPCallFailure>], onto thread: LuaThread, _ host: ModuleHost
  ) -> Int {
    thread.pushTable(elements: results.count)
    for (index, result) in results.enumerated() {
      guard case .success = result else { continue }
      push(result, isStream: false, onto: thread, host)
      thread.setElement(index + 1, of: -2)
    }
    let failures = results.enumerated().filter { if case .failure = $0.element { true } else { false } }
    guard !failures.isEmpty else {
      thread.pushNil()
      return 2
    }
    thread.pushTable(elements: results.count)
    for (index, result) in failures {
      if case .failure(let failure) = result { host.push(error(failure), onto: thread) }
      thread.setElement(index + 1, of: -2)
    }
    return 2
  }

  // MARK: Answers

  private static func error(_ failure: HTTPCallFailure) -> LuaErrorValue {
    LuaErrorValue(kind: ErrorKind.internalError, message: failure.message, isRetryable: true)
  }

  /// Pushes the table of an answer, or nil and an error.
  private static func push(
    _ result: Result<HTTPResponse, HTTPCallFailure>, isStream: Bool, onto thread: LuaThread, _ host: ModuleHost
  ) {
    _ = thread.reserve(16)
    switch result {
    case .failure(let failure):
      thread.pushNil()
      host.push(error(failure), onto: thread)
    case .success(let response):
      thread.pushTable(fields: 6)
      thread.push(Double(response.status))
      thread.setField("status_code", of: -2)
      thread.push(response.url)
      thread.setField("url", of: -2)
      if isStream {
        thread.push(ContentStream(response.body), host.streams)
        thread.setField("stream", of: -2)
      } else if !response.body.isEmpty {
        thread.push(bytes: response.body)
        thread.setField("body", of: -2)
      }
      thread.push(isStream ? -1 : Double(response.body.count))
      thread.setField("body_size", of: -2)
      push(headers(of: response), as: "headers", onto: thread)
      push(cookies(of: response), as: "cookies", onto: thread)
    }
  }

  private static func push(_ texts: [String: String], as field: String, onto thread: LuaThread) {
    if texts.isEmpty { return }
    thread.push(GoValue.object(texts.mapValues { .string($0) }))
    thread.setField(field, of: -2)
  }

  /// The first value of each field, by its name as Go writes it.
  private static func headers(of response: HTTPResponse) -> [String: String] {
    Dictionary(response.headers.map { (HTTPHeaderName.canonical($0.name), $0.value) }) { first, _ in first }
  }

  private static func cookies(of response: HTTPResponse) -> [String: String] {
    let fields = response.headers.filter { $0.name.lowercased() == "set-cookie" }
    return Dictionary(fields.compactMap { HTTPCookieText.parse($0.value) }.map { ($0.name, $0.value) }) { $1 }
  }
}
