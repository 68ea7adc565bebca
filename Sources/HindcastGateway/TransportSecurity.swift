#if GRPC
public import HindcastRegistry

/// How bytes travel to the server.
public enum TransportSecurity: Sendable, Hashable {
  /// Unencrypted, as the dev server and servers behind a mesh take it.
  case plaintext
  /// Encrypted.
  case tls(TLSOptions)
}

/// Whom an encrypted connection trusts, and who it says it is.
public struct TLSOptions: Sendable, Hashable {
  /// Which servers are believed.
  public enum Trust: Sendable, Hashable {
    /// Those with a certificate from an authority that the system trusts.
    case system
    /// Those with a certificate from one of these authorities, and no others.
    case authorities(PEMText)
    /// All. For development only.
    case anyone
  }

  /// Which servers are believed.
  public var trust = Trust.system
  /// The name that the server is asked for and that its certificate must bear, in place of the address's host.
  public var serverName: String?
  /// The certificate that the server may ask for.
  public var identity: ClientIdentity?

  /// The system's authorities, the address's host, and no certificate.
  public init() {}
}

/// A certificate with its private key.
public struct ClientIdentity: Sendable, Hashable {
  /// The certificate, and those between it and the authority.
  public var certificate: PEMText
  /// The private key of the first certificate; not encrypted.
  public var key: PEMText

  /// Puts a certificate and its key together.
  public init(certificate: PEMText, key: PEMText) {
    self.certificate = certificate
    self.key = key
  }
}

/// Certificates or a key in PEM.
public struct PEMText: Sendable, Hashable {
  /// What they are read from; never shown.
  public var text: Secret
  /// What messages call it: `ca_file /etc/ssl/ca.pem`, `key_pem`.
  public var origin: String

  /// Names a text.
  public init(_ text: Secret, from origin: String) {
    self.text = text
    self.origin = origin
  }
}

/// Certificates or a key that no connection can be made with.
public struct UnusableCredential: Error, Sendable, Hashable, CustomStringConvertible {
  /// What cannot be used.
  public enum Part: Sendable, Hashable {
    /// ``TLSOptions/Trust/authorities(_:)``
    case authorities
    /// ``TLSOptions/serverName``
    case serverName
    /// ``ClientIdentity/certificate``
    case certificate
    /// ``ClientIdentity/key``
    case key
  }

  /// What cannot be used.
  public let part: Part
  /// What is wrong with it; nothing of its text.
  public let reason: String
  /// What would put it right.
  public let hint: String?

  /// One line for the user.
  public var description: String { reason + (hint.map { " (\($0))" } ?? "") }
}
#endif
