/// A `temporal.client` entry: a connection to a Temporal server.
public struct TemporalClientConfiguration: Hashable, Sendable, Configurable {
  /// The entry.
  public internal(set) var id = EntryID(namespace: "", name: "")
  /// Where the entry is written.
  public internal(set) var position = SourcePosition(file: "", line: 1, column: 1)
  /// `host:port` of the server.
  public var address = ""
  /// The Temporal namespace.
  public var namespace = "default"
  /// What is put before the task queue of every worker of this client.
  public var taskQueuePrefix = ""
  /// How long the first connection may take.
  public var connectionTimeout = GoDuration.seconds(10)
  /// Time between keep-alive pings. Wippy checks it and leaves the Go SDK's default in force; here it counts.
  public var keepAliveTime = GoDuration.seconds(30)
  /// How long an answer to a ping may take. Wippy checks it and leaves the Go SDK's default in force; here it counts.
  public var keepAliveTimeout = GoDuration.seconds(10)
  /// TLS as it is configured; `nil` when the entry says nothing. See ``usesTLS``.
  public var tls: TLSConfiguration?
  /// Whether and how often the connection is checked.
  public var healthCheck = HealthCheckConfiguration()
  /// When the client starts.
  public var lifecycle = LifecycleConfiguration()
  /// Everything under `meta`, as written.
  public var meta = ConfigurationMap()
  /// Placeholders of the entry that found no value. A client with any cannot connect; see ``validated()``.
  public internal(set) var environmentErrors: [RegistryError] = []

  var authenticationFields = AuthenticationFields()

  /// The defaults.
  public init() {}

  /// How the client proves who it is.
  public var authentication: TemporalAuthentication { authenticationFields.authentication }

  /// Whether the connection is encrypted: TLS is enabled, or credentials are sent. An explicit `enabled: false` does not
  /// turn it off for credentials.
  public var usesTLS: Bool { tls?.enabled == true || authentication != .none }

  /// This configuration, once every placeholder in it has a value.
  ///
  /// - Throws: ``environmentErrors``, unless there are none.
  public func validated() throws(RegistryErrors) -> TemporalClientConfiguration {
    if !environmentErrors.isEmpty { throw RegistryErrors(errors: environmentErrors) }
    return self
  }

  static let fields: [Field<TemporalClientConfiguration>] = [
    .string("address", \.address, "Temporal server as host:port; required"),
    .string("namespace", \.namespace, "Temporal namespace"),
    .string("tq_prefix", \.taskQueuePrefix, "Put before the task queue of every worker of this client"),
    .duration("connection_timeout", \.connectionTimeout, "How long the first connection may take"),
    .duration("keep_alive_time", \.keepAliveTime, "Time between keep-alive pings"),
    .duration("keep_alive_timeout", \.keepAliveTimeout, "How long an answer to a ping may take"),
    .object("auth", \.authenticationFields, "How the client proves who it is"),
    .object("tls", \.tls, "Encryption of the connection"),
    .object("health_check", \.healthCheck, "Regular check of the connection"),
    .object("lifecycle", \.lifecycle, "When the client starts"),
    .map("meta", \.meta, "Anything a user wants to keep with the entry"),
  ]

  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    func place(_ name: String) -> SourcePosition { map[name]?.position ?? position }
    let defaults = TemporalClientConfiguration()
    if address.isEmpty, map.isBlank("address") {
      reader.report("address is required", at: place("address"), hint: "for example address: \"localhost:7233\"")
    }
    if namespace.isEmpty { namespace = defaults.namespace }
    let timeouts: [(String, String, WritableKeyPath<Self, GoDuration>)] = [
      ("connection_timeout", "connection timeout must be >= 0", \.connectionTimeout),
      ("keep_alive_time", "keep alive time must be >= 0", \.keepAliveTime),
      ("keep_alive_timeout", "keep alive timeout must be >= 0", \.keepAliveTimeout),
    ]
    for (name, message, path) in timeouts {
      if self[keyPath: path] < .zero { reader.report(message, at: place(name)) }
      if self[keyPath: path] == .zero { self[keyPath: path] = defaults[keyPath: path] }
    }
    if keepAliveTime > .zero, keepAliveTime < .seconds(10) {
      reader.report(
        "keep_alive_time is less than 10s", at: place("keep_alive_time"), severity: .warning,
        hint: "Temporal servers send clients away that ask more often whether they are there")
    }
  }
}

/// The `tls` block of a client.
public struct TLSConfiguration: Hashable, Sendable, Configurable {
  /// Whether the block is in force.
  public var enabled = false
  /// A file of certificates to trust in place of the system's; empty for the system's.
  public var caFile = ""
  /// The same file, to be read.
  public internal(set) var authorities: Credential?
  /// The name the server's certificate must bear; empty for the name in the address.
  public var serverName = ""
  /// Whether the server's certificate is taken on faith.
  public var insecureSkipVerify = false

  /// The defaults.
  public init() {}

  static let fields: [Field<TLSConfiguration>] = [
    .bool("enabled", \.enabled, "Encrypt the connection"),
    .string("ca_file", \.caFile, "Certificates to trust in place of the system's (PEM)"),
    .string("server_name", \.serverName, "Name that the server's certificate must bear"),
    .bool("insecure_skip_verify", \.insecureSkipVerify, "Take any certificate; for development only"),
  ]

  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    if !caFile.isEmpty {
      authorities = Credential(
        field: "ca_file", source: .file(caFile), entry: reader.entry, position: map["ca_file"]?.position ?? position)
    }
    guard enabled, insecureSkipVerify else { return }
    let place = map["insecure_skip_verify"]?.position ?? position
    if serverName.isEmpty {
      reader.report(
        "TLS certificate verification is disabled", at: place, severity: .warning, hint: "for development only")
    } else {
      reader.report("cannot use insecure skip verify with server name", at: place)
    }
  }
}

/// The `health_check` block of a client.
public struct HealthCheckConfiguration: Hashable, Sendable, Configurable {
  /// Whether the connection is checked.
  public var enabled = false
  /// Time between checks.
  public var interval = GoDuration.seconds(30)

  /// The defaults.
  public init() {}

  static let fields: [Field<HealthCheckConfiguration>] = [
    .bool("enabled", \.enabled, "Check the connection regularly"),
    .duration("interval", \.interval, "Time between checks"),
  ]

  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    if interval == .zero { interval = HealthCheckConfiguration().interval }
    if enabled, interval < .zero {
      reader.report(
        "health check interval must be > 0 when enabled", at: map["interval"]?.position ?? position)
    }
  }
}
