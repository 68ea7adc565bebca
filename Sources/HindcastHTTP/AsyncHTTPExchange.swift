#if GRPC
internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Sends requests over the network, with async-http-client.
///
/// It follows up to ten redirections, as Go's client does, and keeps connections for the next request to the same server.
public final class AsyncHTTPExchange: HTTPExchange {
  /// What holds where a request says nothing.
  public struct Limits: Sendable {
    /// How long an exchange may take.
    public var timeout: Duration = .seconds(30)
    /// The most bytes of content that are taken of an answer.
    public var largestAnswer = 120 << 20

    /// The limits of Wippy's `http_client`.
    public init() {}
  }

  private static let mostRedirects = 10

  private let client: HTTPClient
  private let limits: Limits

  /// Makes a client; it connects when something is sent.
  public init(limits: Limits = Limits()) {
    client = Self.makeClient()
    self.limits = limits
  }

  private static func makeClient(resolving names: [String: String] = [:]) -> HTTPClient {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .follow(max: mostRedirects, allowCycles: true)
    // A connection that is refused is an answer: who asked decides whether to try again.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.timeout.connect = .seconds(30)
    configuration.dnsOverride = names
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit {
    let client = client
    Task { try? await client.shutdown() }
  }

  /// Sends a request and takes in the whole answer.
  public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try request.check()
    // A server name of its own is the host that is asked for, at the address of the URL's host.
    if let name = request.tls?.serverName, let parts = URLComponents(string: request.url), let host = parts.host {
      let client = Self.makeClient(resolving: [name: host])
      var renamed = request
      renamed.url = Self.address(of: parts, host: name)
      renamed.tls?.serverName = nil
      if !renamed.headers.contains(where: { $0.name.lowercased() == "host" }) {
        renamed.headers.append(HTTPField("Host", parts.port.map { "\(host):\($0)" } ?? host))
      }
      do {
        var response = try await send(renamed, through: client)
        response.url = request.url
        try await client.shutdown()
        return response
      } catch {
        try? await client.shutdown()
        throw error
      }
    }
    return try await send(request, through: client)
  }

  private static func address(of parts: URLComponents, host: String) -> String {
    var parts = parts
    parts.host = host
    return parts.string ?? ""
  }

  private func send(_ request: HTTPRequest, through client: HTTPClient) async throws -> HTTPResponse {
    var sent = HTTPClientRequest(url: address(of: request))
    sent.method = HTTPMethod(rawValue: request.method)
    for field in request.headers { sent.headers.add(name: field.name, value: field.value) }
    if !sent.headers.contains(name: "User-Agent") { sent.headers.add(name: "User-Agent", value: "hindcast") }
    if request.unixSocket != nil, !sent.headers.contains(name: "Host"), let host = URL(string: request.url)?.host {
      sent.headers.add(name: "Host", value: host)
    }
    if !request.body.isEmpty { sent.body = .bytes(ByteBuffer(bytes: request.body)) }
    sent.tlsConfiguration = try request.tls.map { try configuration($0, of: request) }
    let timeout = request.timeout ?? limits.timeout
    do {
      return try await within(timeout) { [sent] in try await self.exchange(sent, through: client, for: request, timeout)
      }
    } catch let error as HTTPExchangeError {
      throw error
    } catch is CancellationError {
      throw CancellationError()
    } catch is TimedOut {
      throw request.error(.timedOut, "context deadline exceeded (after \(timeout))")
    } catch {
      if Task.isCancelled { throw CancellationError() }
      throw Self.failure(error, of: request)
    }
  }

  private func exchange(
    _ sent: HTTPClientRequest, through client: HTTPClient, for request: HTTPRequest, _ timeout: Duration
  ) async throws -> HTTPResponse {
    // The deadline frees the connection of a server that never answers; the error comes from `within`.
    let answer = try await client.execute(sent, deadline: .now() + .nanoseconds(timeout.clampedNanoseconds))
    let limit = request.largestAnswer.flatMap { $0 > 0 ? $0 : nil } ?? limits.largestAnswer
    var body: [UInt8] = []
    for try await part in answer.body {
      guard body.count + part.readableBytes <= limit else {
        throw HTTPExchangeError(.tooLarge, "response body too large (max \(limit) bytes)")
      }
      body.append(contentsOf: part.readableBytesView)
    }
    let url = request.unixSocket == nil ? answer.url?.absoluteString ?? request.url : request.url
    return HTTPResponse(
      status: Int(answer.status.code), headers: answer.headers.map { HTTPField($0.name, $0.value) }, body: body,
      url: url)
  }

  private func address(of request: HTTPRequest) -> String {
    guard let socket = request.unixSocket, let parts = URLComponents(string: request.url) else { return request.url }
    let host = socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socket
    let scheme = parts.scheme?.lowercased() == "https" ? "https+unix" : "http+unix"
    let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
    return "\(scheme)://\(host)\(parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath)\(query)"
  }

  private func configuration(
    _ options: HTTPTLSOptions, of request: HTTPRequest
  ) throws(HTTPExchangeError) -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    do {
      if let certificate = options.certificate, let key = options.key {
        tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) }
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
      }
    } catch {
      throw request.error(.invalidRequest, "parse client certificate: \(error)")
    }
    if let authorities = options.authorities {
      do {
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authorities.utf8)))
      } catch {
        throw request.error(.invalidRequest, "parse CA certificate: no valid certificates found")
      }
    }
    if options.skipsVerification { tls.certificateVerification = .none }
    return tls
  }

  /// What went wrong, in the terms of ``HTTPExchangeError``.
  private static func failure(_ error: any Error, of request: HTTPRequest) -> HTTPExchangeError {
    switch error as? HTTPClientError {
    case .connectTimeout?, .readTimeout?, .deadlineExceeded?, .getConnectionFromPoolTimeout?, .tlsHandshakeTimeout?:
      request.error(.timedOut, "context deadline exceeded")
    case .redirectLimitReached?:
      request.error(.redirectedTooOften, "stopped after \(mostRedirects) redirects")
    case .invalidURL?, .emptyHost?, .emptyScheme?:
      request.error(.invalidRequest, "\(error)")
    default:
      request.error(.unreachable, "\(error)")
    }
  }

  private struct TimedOut: Error {}

  /// Runs `body` no longer than so; what it waits for is cancelled then.
  private func within<Value: Sendable>(
    _ timeout: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask(operation: body)
      group.addTask {
        try await Task.sleep(for: timeout)
        throw TimedOut()
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() else { throw CancellationError() }
      return value
    }
  }
}

extension Duration {
  /// Whole nanoseconds, as many as 64 bits hold at most; a century is enough for a deadline.
  fileprivate var clampedNanoseconds: Int64 {
    let seconds = min(max(0, components.seconds), 100 * 365 * 86_400)
    return seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
#endif
