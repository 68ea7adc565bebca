#if GRPC
internal import GRPCCore
private import NIOSSL

/// Why no connection came about, in words that tell what to change.
struct ConnectionProblem {
  var reason: String
  /// What would put it right.
  var hint: String?
  /// Whether the same attempt would fail the same way at any time.
  var isLasting = false

  /// The reason with the hint.
  var text: String { reason + (hint.map { " (\($0))" } ?? "") }

  /// Explains what the transport threw; `nil` when that is no failure to connect.
  init?(_ error: any Error, to address: ServerAddress, security: TransportSecurity) {
    guard let error = error as? RPCError, error.code == .unavailable else { return nil }
    let root = error.root
    switch (root, security) {
    case (let failure as NIOSSLExtraError, .tls(let options)) where failure == .failedToValidateHostname:
      self.init(
        reason: "the server's certificate is not for \(options.serverName ?? address.host)",
        hint: "tls.server_name names what the certificate bears, if that is the right server", isLasting: true)
    case (NIOSSLError.handshakeFailed(let failure), .tls(let options)):
      self.init(tls: "\(failure)", options)
    case (let failure as BoringSSLError, .tls(let options)):
      self.init(tls: "\(failure)", options)
    case (let failure as RPCError, _) where failure.message.contains("HTTP/2 connection preface"):
      self.init(
        reason: "the server ended the connection before a word was said",
        hint: security == .plaintext ? "if it wants TLS, set tls.enabled: true" : nil)
    case (let failure as RPCError, _):
      // Without a cause, it is the server that says so.
      if error.cause == nil { return nil }
      self.init(reason: failure.message)
    default: self.init(reason: "\(root)")
    }
  }

  private init(reason: String, hint: String? = nil, isLasting: Bool = false) {
    self.reason = reason
    self.hint = hint
    self.isLasting = isLasting
  }

  /// Reads BoringSSL's words for what ended a handshake; it gives no codes.
  private init(tls words: String, _ options: TLSOptions) {
    func says(_ marks: String...) -> Bool { marks.contains { words.contains($0) } }
    if says("CERTIFICATE_VERIFY_FAILED") {
      let trusted =
        if case .authorities(let bundle) = options.trust { bundle.origin } else { "the system's authorities" }
      self.init(
        reason: "the server's certificate is not trusted: none of \(trusted) has issued it, or it has expired",
        hint: "tls.ca_file names the certificate of the authority that issued it", isLasting: true)
    } else if says("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG") {
      self.init(
        reason: "the server does not speak TLS", hint: "take out tls.enabled and auth, or name its TLS port",
        isLasting: true)
    } else if says("CERTIFICATE_REQUIRED")
      || (says("ALERT_HANDSHAKE_FAILURE", "BAD_CERTIFICATE") && options.identity == nil)
    {
      self.init(
        reason: "the server wants a client certificate", hint: "auth.type: mtls with cert_file and key_file",
        isLasting: true)
    } else if says("ALERT_") {
      let identity = options.identity.map { " \($0.certificate.origin)" } ?? ""
      self.init(
        reason: "the server refuses the client certificate\(identity): \(Self.alert(in: words))",
        hint: "it must be issued by an authority that the server trusts, and be valid now", isLasting: true)
    } else if says("EOF during handshake") {
      self.init(
        reason: "the server ended the connection during the TLS handshake", hint: "it may not speak TLS at all")
    } else {
      self.init(reason: "the TLS handshake failed: \(words)")
    }
  }

  /// `unknown ca` of `TLSV1_ALERT_UNKNOWN_CA`.
  private static func alert(in words: String) -> String {
    guard let start = words.firstRange(of: "ALERT_")?.upperBound else { return words }
    return words[start...].prefix { $0.isUppercase || $0 == "_" }.lowercased().replacing("_", with: " ")
  }
}

extension Error {
  /// The cause of the causes: the transport wraps what happened several times.
  fileprivate var root: any Error {
    switch self {
    case let error as RPCError: error.cause?.root ?? error
    case let error as RuntimeError: error.cause?.root ?? error
    default: self
    }
  }
}
#endif
