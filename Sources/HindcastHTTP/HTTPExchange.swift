/// Sends HTTP requests: activities' `http_client`, a payload codec's endpoint.
///
/// What code sees of HTTP is behind this protocol, so that a test can answer in place of the network.
public protocol HTTPExchange: Sendable {
  /// Sends a request and waits for the whole answer, whatever its status.
  ///
  /// - Throws: ``HTTPExchangeError``, or `CancellationError` when the calling task was cancelled.
  func send(_ request: HTTPRequest) async throws -> HTTPResponse
}

/// One HTTP request.
public struct HTTPRequest: Sendable, Hashable {
  /// The method, in capitals.
  public var method: String
  /// The whole URL.
  public var url: String
  /// Header fields in the order to send them.
  public var headers: [HTTPField]
  /// The content; empty for none.
  public var body: [UInt8]
  /// How long the exchange may take, answer included; `nil` leaves it to the client.
  public var timeout: Duration?
  /// The most bytes of content that are taken of the answer; `nil` leaves it to the client.
  public var largestAnswer: Int?
  /// The path of the Unix socket to connect to in place of the URL's host.
  public var unixSocket: String?
  /// What differs from the usual TLS.
  public var tls: HTTPTLSOptions?

  /// Makes a request.
  public init(
    _ method: String, _ url: String, headers: [HTTPField] = [], body: [UInt8] = [], timeout: Duration? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
  }
}

extension HTTPRequest: CustomStringConvertible {
  /// The method and the address, without what may be secret: query, header fields, content.
  public var description: String { "\(method) \(shownURL)" }
}

/// The TLS of one request.
public struct HTTPTLSOptions: Sendable, Hashable, CustomStringConvertible {
  /// The client's certificates, in PEM.
  public var certificate: String?
  /// The client's private key, in PEM.
  public var key: String?
  /// The authorities to trust in place of the system's, in PEM.
  public var authorities: String?
  /// The name to ask for and to verify in place of the URL's host.
  public var serverName: String?
  /// Whether any certificate is taken.
  public var skipsVerification = false

  /// The usual TLS.
  public init() {}

  /// What is set, without the key.
  public var description: String {
    "TLS(certificate: \(certificate != nil), key: \(key != nil), authorities: \(authorities != nil), "
      + "serverName: \(serverName ?? "nil"), skipsVerification: \(skipsVerification))"
  }
}

/// A header field of a request or an answer.
public struct HTTPField: Sendable, Hashable {
  /// Its name, as written; names mean the same in capitals and small letters.
  public var name: String
  /// Its value.
  public var value: String

  /// Makes a field.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// The answer to an ``HTTPRequest``.
public struct HTTPResponse: Sendable, Hashable {
  /// The status code.
  public var status: Int
  /// Header fields in the order they came.
  public var headers: [HTTPField]
  /// The content.
  public var body: [UInt8]
  /// Where it came from, redirections followed.
  public var url: String

  /// Makes an answer.
  public init(status: Int, headers: [HTTPField] = [], body: [UInt8] = [], url: String = "") {
    self.status = status
    self.headers = headers
    self.body = body
    self.url = url
  }
}

/// Why there is no answer.
public struct HTTPExchangeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of reason.
  public enum Kind: Sendable, Hashable {
    /// The request cannot be sent as it is.
    case invalidRequest
    /// Nobody answers at the address, or the connection broke.
    case unreachable
    /// It took too long.
    case timedOut
    /// The answer is larger than what is taken.
    case tooLarge
    /// The server sent from one address to the next too often.
    case redirectedTooOften
  }

  /// What kind of reason.
  public var kind: Kind
  /// The reason in words, without header fields or content.
  public var description: String

  /// Makes an error.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
