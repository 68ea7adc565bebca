#if GRPC
public import HindcastRegistry

extension GRPCConnection {
  /// Connects as a `temporal.client` entry says: everything in the entry that is about the connection is used here.
  ///
  /// - Parameter address: A server to connect to in place of the entry's: in plain text, and without the entry's credentials,
  ///   which are for another.
  /// - Throws: `RegistryErrors` for an entry, or a file that it names, that cannot be used; ``InvalidServerAddress``;
  ///   ``ConnectionFailure`` when no server answers within `connection_timeout`; `CancellationError` when the calling task
  ///   was cancelled.
  public static func connect(
    client: TemporalClientConfiguration, at address: ServerAddress? = nil
  ) async throws -> GRPCConnection {
    let client = try client.validated()
    if let address {
      var options = GRPCConnectionOptions()
      options.take(client)
      return try await connect(to: address, options: options)
    }
    let options = try GRPCConnectionOptions(client: client)
    do {
      return try await connect(to: try ServerAddress(client.address), options: options)
    } catch let error as UnusableCredential {
      throw client.error(for: error)
    }
  }
}

extension GRPCConnectionOptions {
  /// The options that a `temporal.client` entry asks for. Reads the files and variables that hold its credentials.
  ///
  /// - Throws: `RegistryErrors` when one of them cannot be read.
  public init(client: TemporalClientConfiguration) throws(RegistryErrors) {
    self.init()
    take(client)
    do {
      if client.usesTLS { security = .tls(try TLSOptions(client)) }
      if case .apiKey(let key) = client.authentication { apiKey = try key.loadAPIKey() }
    } catch {
      throw RegistryErrors(errors: [error])
    }
  }

  /// Takes what is no matter of who may be trusted.
  fileprivate mutating func take(_ client: TemporalClientConfiguration) {
    connectTimeout = client.connectionTimeout.duration
    keepaliveTime = client.keepAliveTime.duration
    keepaliveTimeout = client.keepAliveTimeout.duration
    namespace = client.namespace
  }
}

extension TLSOptions {
  fileprivate init(_ client: TemporalClientConfiguration) throws(RegistryError) {
    self.init()
    if let tls = client.tls, tls.enabled {
      if tls.insecureSkipVerify {
        trust = .anyone
      } else if let authorities = tls.authorities {
        trust = .authorities(try PEMText(authorities))
      }
      if !tls.serverName.isEmpty { serverName = tls.serverName }
    }
    if case .mutualTLS(let certificate, let key) = client.authentication {
      identity = ClientIdentity(certificate: try PEMText(certificate), key: try PEMText(key))
    }
  }
}

extension PEMText {
  fileprivate init(_ credential: Credential) throws(RegistryError) {
    self.init(try credential.load(), from: credential.origin)
  }
}

extension Credential {
  /// A key as it can stand in a header.
  fileprivate func loadAPIKey() throws(RegistryError) -> Secret {
    let key = try load()
    if key.isEmpty {
      throw RegistryError("\(origin) is empty", at: position, entry: entry)
    }
    guard key.revealed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw RegistryError(
        "\(origin) is no API key", at: position, entry: entry,
        hint: "a key is one word of printable ASCII characters")
    }
    return key
  }
}

extension TemporalClientConfiguration {
  /// The same problem, at the field that brought it in.
  fileprivate func error(for problem: UnusableCredential) -> RegistryErrors {
    var place: SourcePosition?
    switch (problem.part, authentication) {
    case (.authorities, _): place = tls?.authorities?.position
    case (.certificate, .mutualTLS(let certificate, _)): place = certificate.position
    case (.key, .mutualTLS(_, let key)): place = key.position
    case (.serverName, _), (.certificate, _), (.key, _): break
    }
    let error = RegistryError(problem.reason, at: place ?? position, entry: id, hint: problem.hint)
    return RegistryErrors(errors: [error])
  }
}
#endif
