#if GRPC
private import HindcastRegistry
internal import NIOCore
private import NIOSSL

/// Puts TLS on the connections of one transport.
///
/// The transport's own TLS knows one name for both the request and the certificate, refuses numeric addresses, and reads files
/// by their endings; so its connections come without any, and this adds it.
struct TLSClient: Sendable {
  private let context: NIOSSLContext
  /// The name that is asked for and checked; `nil` where the address is numeric, and is what the certificate must bear.
  private let serverName: String?

  /// Reads certificates and keys.
  ///
  /// - Throws: ``UnusableCredential``.
  init(_ options: TLSOptions, host: String) throws {
    var configuration = NIOSSL.TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2"]
    switch options.trust {
    case .system: break
    case .authorities(let bundle):
      configuration.trustRoots = .certificates(try Self.certificates(in: bundle, part: .authorities))
    case .anyone: configuration.certificateVerification = .none
    }
    if let identity = options.identity {
      configuration.certificateChain = try Self.certificates(in: identity.certificate, part: .certificate).map {
        .certificate($0)
      }
      configuration.privateKey = .privateKey(try Self.key(in: identity.key))
    }
    context = try Self.context(configuration, options)
    serverName = try Self.serverName(options.serverName, host: host)
  }

  /// Adds TLS below everything that a connection has already.
  func install(on channel: any Channel) throws {
    try channel.pipeline.syncOperations.addHandler(
      NIOSSLClientHandler(context: context, serverHostname: serverName), position: .first)
  }

  private static func serverName(_ override: String?, host: String) throws -> String? {
    guard let name = override else { return isNumeric(host) ? nil : host }
    if isNumeric(name) {
      throw UnusableCredential(
        part: .serverName, reason: "the server name \(name) is a numeric address",
        hint: "put it into the address; a server is asked for by host name only")
    }
    guard (1...255).contains(name.utf8.count), !name.utf8.contains(0) else {
      throw UnusableCredential(part: .serverName, reason: "the server name is no host name", hint: nil)
    }
    return name
  }

  private static func isNumeric(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }

  private static func certificates(in pem: PEMText, part: UnusableCredential.Part) throws -> [NIOSSLCertificate] {
    let found = try? NIOSSLCertificate.fromPEMBytes(Array(pem.text.revealed.utf8))
    if let found, !found.isEmpty { return found }
    let what = part == .authorities ? "CA certificate from" : "certificate from"
    throw UnusableCredential(
      part: part, reason: "failed to parse \(what) \(pem.origin)",
      hint: pem.text.revealed.contains("PRIVATE KEY-----")
        ? "it holds a private key" : "it must hold -----BEGIN CERTIFICATE----- blocks")
  }

  private static func key(in pem: PEMText) throws -> NIOSSLPrivateKey {
    let text = pem.text.revealed
    do {
      return try NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem)
    } catch {
      let hint =
        if text.contains("ENCRYPTED") {
          "it is encrypted: openssl pkey -in KEY -out PLAIN decrypts it"
        } else if text.contains("-----BEGIN CERTIFICATE-----") {
          "it holds a certificate"
        } else {
          "it must hold a -----BEGIN PRIVATE KEY----- block"
        }
      throw UnusableCredential(part: .key, reason: "failed to parse private key from \(pem.origin)", hint: hint)
    }
  }

  private static func context(
    _ configuration: NIOSSL.TLSConfiguration, _ options: TLSOptions
  ) throws -> NIOSSLContext {
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch NIOSSLError.failedToLoadPrivateKey {
      let (key, certificate) = (options.identity?.key.origin ?? "", options.identity?.certificate.origin ?? "")
      throw UnusableCredential(
        part: .key,
        reason: "failed to parse certificate and key: \(key) does not belong to the certificate of \(certificate)",
        hint: "the first certificate must be the client's own")
    } catch {
      throw UnusableCredential(part: .authorities, reason: "TLS cannot be set up: \(error)", hint: nil)
    }
  }
}
#endif
