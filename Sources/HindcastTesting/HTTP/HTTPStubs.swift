public import HindcastHTTP
internal import HindcastSwift
private import Synchronization
internal import TemporalAPI

/// What answers the HTTP requests of activities in a test, by method and address; and what was asked.
///
/// ```swift
/// environment.http.stub("POST", "https://pay.example/charges", json: ["id": "ch-1"], status: 201)
/// environment.http.stub("GET", "https://pay.example/charges/*") { request in HTTPResponse(status: 404) }
/// environment.http.stub("GET", "https://slow.example/", failing: .timedOut)
/// ```
///
/// The address is matched without the query unless it has one itself; a `*` at its end stands for anything. Of several
/// stubs that match the one that was made last answers. A request that no stub answers fails in the activity: nothing
/// reaches the network, unless ``network`` is set.
public final class HTTPStubs: HTTPExchange {
  /// Answers a request.
  public typealias Body = @Sendable (HTTPRequest) async throws -> HTTPResponse

  private struct Stub {
    var method: String
    var address: String
    var body: Body

    func answers(_ request: HTTPRequest) -> Bool {
      guard method == request.method || method == "*" else { return false }
      let isPrefix = address.hasSuffix("*")
      let wanted = isPrefix ? String(address.dropLast()) : address
      let asked =
        wanted.contains("?")
        ? request.url : String(request.url.prefix { $0 != "?" && $0 != "#" })
      return isPrefix ? asked.hasPrefix(wanted) : asked == wanted
    }
  }

  private struct State {
    var stubs: [Stub] = []
    var requests: [HTTPRequest] = []
    var network: (any HTTPExchange)?
  }

  private let state = Mutex(State())

  init() {}

  /// Where requests go that no stub answers; `nil`: nowhere.
  public var network: (any HTTPExchange)? {
    get { state.withLock { $0.network } }
    set { state.withLock { $0.network = newValue } }
  }

  /// Every request so far, in the order of their coming.
  public var requests: [HTTPRequest] { state.withLock { $0.requests } }

  /// Always the same answer.
  public func stub(
    _ method: String, _ address: String, status: Int = 200, headers: [String: String] = [:], body: String = ""
  ) {
    let fields = headers.sorted { $0.key < $1.key }.map { HTTPField($0.key, $0.value) }
    stub(method, address) { HTTPResponse(status: status, headers: fields, body: Array(body.utf8), url: $0.url) }
  }

  /// Always the same value as JSON.
  public func stub(_ method: String, _ address: String, json value: some Encodable, status: Int = 200) throws {
    let payloads = try encode(value)
    let body = payloads.payloads.first.map { Array($0.data) } ?? []
    stub(method, address) {
      HTTPResponse(
        status: status, headers: [HTTPField("Content-Type", "application/json")], body: body, url: $0.url)
    }
  }

  /// No answer, for this reason.
  public func stub(_ method: String, _ address: String, failing kind: HTTPExchangeError.Kind) {
    stub(method, address) { throw $0.error(kind, "stubbed: \(kind)") }
  }

  /// One answer a request, in order; the last one stays.
  public func stub(_ method: String, _ address: String, sequence: [HTTPResponse]) {
    let next = Mutex(0)
    stub(method, address) { request in
      guard let last = sequence.last else { throw request.error(.unreachable, "stubbed with an empty sequence") }
      let index = next.withLock { index in
        defer { index += 1 }
        return index
      }
      return index < sequence.count ? sequence[index] : last
    }
  }

  /// A closure that answers.
  public func stub(_ method: String, _ address: String, _ body: @escaping Body) {
    state.withLock { $0.stubs.append(Stub(method: method.uppercased(), address: address, body: body)) }
  }

  /// Answers with the last stub that matches; the limits of the request hold as on the network.
  public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try request.check()
    let (body, network) = state.withLock { state in
      state.requests.append(request)
      return (state.stubs.last { $0.answers(request) }?.body, state.network)
    }
    guard let body else {
      if let network { return try await network.send(request) }
      throw request.error(
        .unreachable,
        "no stub answers: environment.http.stub(\"\(request.method)\", \"\(request.shownURL)\", …)")
    }
    let response = try await body(request)
    if let limit = request.largestAnswer, response.body.count > limit {
      throw HTTPExchangeError(.tooLarge, "response body too large (max \(limit) bytes)")
    }
    return response
  }
}
