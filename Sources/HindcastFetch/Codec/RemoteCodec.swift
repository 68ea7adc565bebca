private import Foundation
public import HindcastHTTP
public import HindcastHistory
private import SwiftProtobuf
private import TemporalAPI

/// Decodes the payloads of histories at an endpoint that speaks Temporal's remote codec protocol: `POST /decode` with a JSON
/// `Payloads` message, answered by one with as many payloads.
///
/// As the `temporal` CLI does, everything goes there that the data converter made, headers and failures included; search
/// attributes do not.
public struct RemoteCodec: HistoryTransform {
  private let endpoint: String
  private let namespace: String
  private let authorization: String?
  private let exchange: any HTTPExchange
  private let pause: @Sendable (_ attempt: Int) async throws -> Void

  /// The most payloads and bytes of payloads in one request.
  private static let batch = (payloads: 200, bytes: 1 << 20)
  private static let attempts = 5

  /// Describes an endpoint.
  ///
  /// - Parameters:
  ///   - endpoint: The URL without `/decode`; `{namespace}` in it stands for the namespace.
  ///   - namespace: The namespace that the histories are from; the endpoint is told.
  ///   - authorization: What the header `Authorization` says; it is in no error and no description.
  ///   - exchange: Sends the requests.
  ///   - pause: Waits before a request is sent again; `attempt` counts from 1.
  public init(
    endpoint: String, namespace: String, authorization: String? = nil, exchange: any HTTPExchange,
    pause: @escaping @Sendable (_ attempt: Int) async throws -> Void = {
      try await Task.sleep(for: .milliseconds(100 << min($0, 6)))
    }
  ) {
    var endpoint = endpoint.replacing("{namespace}", with: namespace)
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    self.endpoint = endpoint
    self.namespace = namespace
    self.authorization = authorization
    self.exchange = exchange
    self.pause = pause
  }

  /// The history with decoded payloads, and with the messages and stack traces that were among them.
  ///
  /// - Throws: ``CodecError``.
  public func transformed(_ history: WorkflowHistory) async throws -> WorkflowHistory {
    let payloads = try history.payloads()
    if payloads.isEmpty { return history }
    var decoded: [Payload] = []
    for batch in Self.batches(of: payloads) { decoded += try await decode(batch) }
    return try history.replacingPayloads(with: decoded).unfoldingFailures()
  }

  private static func batches(of payloads: [Payload]) -> [ArraySlice<Payload>] {
    var batches: [ArraySlice<Payload>] = []
    var start = 0
    var bytes = 0
    for (index, payload) in payloads.enumerated() {
      let isFull = index - start >= batch.payloads || bytes + payload.data.count > batch.bytes
      if index > start, isFull {
        batches.append(payloads[start..<index])
        (start, bytes) = (index, 0)
      }
      bytes += payload.data.count
    }
    return batches + [payloads[start...]]
  }

  // MARK: One request

  private func decode(_ payloads: ArraySlice<Payload>) async throws -> [Payload] {
    var request = HTTPRequest("POST", endpoint + "/decode", timeout: .seconds(30))
    request.headers = [HTTPField("Content-Type", "application/json"), HTTPField("X-Namespace", namespace)]
    if let authorization { request.headers.append(HTTPField("Authorization", authorization)) }
    request.body = try Payloads.with { $0.payloads = Array(payloads) }.jsonUTF8Bytes()
    let response = try await send(request)
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    guard let answer = try? Payloads(jsonUTF8Bytes: response.body, options: options) else {
      throw error("the answer is no JSON list of payloads", concernsAll: true)
    }
    guard answer.payloads.count == payloads.count else {
      throw error("\(payloads.count) payloads were sent and \(answer.payloads.count) came back", concernsAll: true)
    }
    return answer.payloads
  }

  private func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    var attempt = 0
    while true {
      attempt += 1
      do {
        let response = try await exchange.send(request)
        if response.status == 200 { return response }
        let mayHelp = response.status >= 500 || response.status == 429
        guard mayHelp, attempt < Self.attempts else { throw refusal(response) }
      } catch let problem as HTTPExchangeError {
        let mayHelp = problem.kind == .unreachable || problem.kind == .timedOut
        guard mayHelp, attempt < Self.attempts else {
          throw error(problem.description, concernsAll: problem.kind != .tooLarge)
        }
      }
      try await pause(attempt)
    }
  }

  private func refusal(_ response: HTTPResponse) -> CodecError {
    // Whatever the endpoint has to say may quote what it was sent, so only its status is told.
    let hint =
      switch response.status {
      case 401, 403: "; it wants other credentials (--codec-auth)"
      case 404: "; the path ends in /decode, which the endpoint is to be given without"
      default: ""
      }
    // A payload that the codec cannot decode is answered with 400, and one that breaks it with 500.
    return error("status \(response.status)\(hint)", concernsAll: ![400, 422, 500].contains(response.status))
  }

  private func error(_ message: String, concernsAll: Bool) -> CodecError {
    CodecError(url: endpoint + "/decode", message: message, concernsAll: concernsAll)
  }
}
