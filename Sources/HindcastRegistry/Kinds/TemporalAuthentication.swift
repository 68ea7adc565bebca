/// How a Temporal client proves who it is.
public enum TemporalAuthentication: Hashable, Sendable {
  /// Not at all.
  case none
  /// With a key that every call carries as `authorization: Bearer …`.
  case apiKey(Credential)
  /// With a client certificate; both parts in PEM.
  case mutualTLS(certificate: Credential, key: Credential)
}

/// The `auth` block of a client as it is written; ``TemporalAuthentication`` is what it means.
struct AuthenticationFields: Hashable, Configurable {
  enum Method: String, CaseIterable {
    case none
    case apiKey = "api_key"
    case mtls
  }

  var method = Method.none
  var apiKey = Secret("")
  var apiKeyVariable = ""
  var apiKeyFile = ""
  var certificateFile = ""
  var certificate = Secret("")
  var keyFile = ""
  var key = Secret("")
  var keyVariable = ""

  /// What the block means, set by `validate`.
  var authentication = TemporalAuthentication.none

  static let fields: [Field<AuthenticationFields>] = [
    .choice("type", \.method, "How the client proves who it is", wording: { "invalid auth type: \($0)" }),
    .secret("api_key", \.apiKey, "API key; with type api_key, exactly one of the three api_key fields"),
    .string("api_key_env", \.apiKeyVariable, "Environment variable that holds the API key"),
    .string("api_key_file", \.apiKeyFile, "File that holds the API key"),
    .string("cert_file", \.certificateFile, "Client certificate; with type mtls, exactly one of the two cert fields"),
    .secret("cert_pem", \.certificate, "Client certificate as PEM text"),
    .string("key_file", \.keyFile, "Private key; with type mtls, exactly one of the three key fields"),
    .secret("key_pem", \.key, "Private key as PEM text"),
    .string("key_pem_env", \.keyVariable, "Environment variable that holds the private key"),
  ]

  /// The places a part of the credentials can come from: field names in the order the runtime looks at them.
  private static let sources: [(method: Method, required: String, conflict: String, fields: [String])] = [
    (
      .apiKey, "API key source is required", "multiple API key sources specified",
      ["api_key", "api_key_env", "api_key_file"]
    ),
    (
      .mtls, "mTLS certificate is required", "multiple mTLS certificate sources specified", ["cert_file", "cert_pem"]
    ),
    (.mtls, "mTLS key is required", "multiple mTLS key sources specified", ["key_file", "key_pem", "key_pem_env"]),
  ]

  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    var credentials: [Credential] = []
    for source in Self.sources {
      let written = map.fields.filter { source.fields.contains($0.name) && !map.isBlank($0.name) }
      guard source.method == method else {
        for field in written {
          reader.report(
            "auth.\(field.name) is ignored because auth.type is \(method.rawValue)", at: field.position,
            severity: .warning, hint: "set auth.type to \(source.method.rawValue)")
        }
        continue
      }
      if written.count > 1 {
        reader.report(
          source.conflict, at: written[1].position, hint: "keep one of \(written.map(\.name).joined(separator: ", "))")
      }
      guard let field = written.first else {
        reader.report(source.required, at: position, hint: "give one of \(source.fields.joined(separator: ", "))")
        continue
      }
      credentials.append(credential(field, in: reader))
    }
    switch method {
    case .none: authentication = .none
    case .apiKey: if let key = credentials.first { authentication = .apiKey(key) }
    case .mtls:
      if credentials.count == 2 { authentication = .mutualTLS(certificate: credentials[0], key: credentials[1]) }
    }
  }

  private func credential(_ field: ConfigurationMap.Field, in reader: FieldReader) -> Credential {
    let text = field.value.environmentText ?? field.value.string ?? ""
    if field.name.hasSuffix("_file") {
      return Credential(field: field.name, source: .file(text), entry: reader.entry, position: field.position)
    }
    guard field.name.hasSuffix("_env") else {
      return Credential(field: field.name, source: .value(Secret(text)), entry: reader.entry, position: field.position)
    }
    let source: Credential.Source
    do {
      source = .value(try reader.environment.value(named: text, from: reader.entry.namespace))
    } catch {
      source = .missing(variable: text, error)
    }
    return Credential(field: field.name, source: source, entry: reader.entry, position: field.position)
  }
}
