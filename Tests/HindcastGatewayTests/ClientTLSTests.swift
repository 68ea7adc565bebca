#if GRPC
import GRPCNIOTransportHTTP2Posix
import HindcastCalls
import HindcastGateway
import HindcastRegistry
import HindcastTestSupport
import TemporalServiceAPI
import XCTest

/// The `tls` block and `auth.type: mtls` of entries, against servers on real sockets.
final class ClientTLSTests: XCTestCase {
  private let authority = Result { try TestAuthority() }
  private var files: TemporaryFolder?

  override func setUpWithError() throws { files = try TemporaryFolder() }

  override func tearDown() { files = nil }

  /// What becomes of connecting as the entry's fields say: `nil` for a connection, else the error's text.
  private func outcome(
    of fields: String, at address: ServerAddress, within timeout: String = "20s", environment: [String: String] = [:]
  ) async throws -> String? {
    let client = try clientEntry(at: address, "connection_timeout: \(timeout)\n" + fields, environment: environment)
    do {
      let connection = try await GRPCConnection.connect(client: client)
      XCTAssertEqual(connection.system.serverVersion, "test")
      await connection.close()
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func server(
    hosts: [String] = ["localhost"], addresses: [[UInt8]] = [[127, 0, 0, 1]], until end: Date = TestAuthority.tomorrow,
    clientsOf clients: TestAuthority? = nil
  ) async throws -> TestServer {
    let issued = try authority.get().issue(to: "server", hosts: hosts, addresses: addresses, until: end)
    return try await TestServer.start(.init(security: .tls(issued, clientsOf: clients)))
  }

  private func caFile(_ authority: TestAuthority? = nil) throws -> String {
    try XCTUnwrap(files).write((authority ?? self.authority.get()).certificate, to: "ca-\(UUID().uuidString).pem")
  }

  // MARK: Trust

  func testTrustsTheAuthorityOfCAFile() async throws {
    let server = try await server()
    let trusting = "tls: {enabled: true, ca_file: \(try caFile())}"
    let byAddress = try await outcome(of: trusting, at: server.address)
    XCTAssertNil(byAddress)
    let byName = try await outcome(of: trusting, at: ServerAddress(host: "localhost", port: server.address.port))
    XCTAssertNil(byName)
    await server.stop()
  }

  func testRefusesWhatNoTrustedAuthorityIssued() async throws {
    let server = try await server()
    let other = try caFile(try TestAuthority("Another Authority"))
    for (fields, trusted) in [
      ("tls: {enabled: true, ca_file: \(other)}", "ca_file \(other)"),
      ("tls: {enabled: true}", "the system's authorities"),
      // Without tls.enabled the rest of the block counts for nothing, though a key turns TLS on.
      ("auth: {type: api_key, api_key: k}\ntls: {ca_file: \(try caFile())}", "the system's authorities"),
    ] {
      let refused = try await outcome(of: fields, at: server.address)
      XCTAssertEqual(
        refused,
        "no Temporal server answers at \(server.address): the server's certificate is not trusted: none of \(trusted) has "
          + "issued it, or it has expired (tls.ca_file names the certificate of the authority that issued it)")
    }
    XCTAssertEqual(server.calls.count, 0)
    await server.stop()
  }

  func testRefusesAnExpiredCertificate() async throws {
    let server = try await server(until: TestAuthority.yesterday)
    let refused = try await outcome(of: "tls: {enabled: true, ca_file: \(try caFile())}", at: server.address)
    XCTAssertTrue(try XCTUnwrap(refused).contains("or it has expired"), refused ?? "")
    await server.stop()
  }

  func testServerNameIsTheNameThatCounts() async throws {
    let server = try await server(hosts: ["temporal.example.com"], addresses: [])
    let trusting = "enabled: true, ca_file: \(try caFile())"
    let named = try await outcome(of: "tls: {\(trusting), server_name: temporal.example.com}", at: server.address)
    XCTAssertNil(named)

    for (fields, name, host) in [
      ("tls: {\(trusting)}", "localhost", "localhost"), ("tls: {\(trusting)}", "127.0.0.1", "127.0.0.1"),
      ("tls: {\(trusting), server_name: other.example.com}", "other.example.com", "127.0.0.1"),
    ] {
      let address = ServerAddress(host: host, port: server.address.port)
      let refused = try await outcome(of: fields, at: address)
      XCTAssertEqual(
        refused,
        "no Temporal server answers at \(address): the server's certificate is not for \(name) (tls.server_name names what "
          + "the certificate bears, if that is the right server)")
    }
    let numeric = try await outcome(of: "tls: {\(trusting), server_name: 127.0.0.1}", at: server.address)
    XCTAssertEqual(
      numeric,
      "_index.yaml:4:5: error: app:client: the server name 127.0.0.1 is a numeric address (put it into the address; a server "
        + "is asked for by host name only)")
    await server.stop()
  }

  func testInsecureSkipVerifyTakesAnyCertificate() async throws {
    let server = try await server(hosts: ["elsewhere"], addresses: [], until: TestAuthority.yesterday)
    let taken = try await outcome(of: "tls: {enabled: true, insecure_skip_verify: true}", at: server.address)
    XCTAssertNil(taken)
    let refused = try await outcome(of: "tls: {enabled: true, insecure_skip_verify: false}", at: server.address)
    XCTAssertNotNil(refused)
    await server.stop()
  }

  // MARK: Who speaks what

  func testTLSAgainstAPlaintextServerSaysSo() async throws {
    let server = try await TestServer.start()
    let refused = try await outcome(of: "tls: {enabled: true}", at: server.address)
    XCTAssertEqual(
      refused,
      "no Temporal server answers at \(server.address): the server does not speak TLS (take out tls.enabled and auth, or "
        + "name its TLS port)")
    await server.stop()
  }

  func testPlaintextAgainstATLSServerSaysSo() async throws {
    let server = try await server()
    let refused = try await outcome(of: "", at: server.address, within: "3s")
    XCTAssertEqual(
      refused,
      "no Temporal server answers at \(server.address): the server ended the connection before a word was said (if it wants "
        + "TLS, set tls.enabled: true)")
    await server.stop()
  }

  // MARK: mTLS

  func testClientCertificateFromEverySource() async throws {
    let server = try await server(clientsOf: try authority.get())
    let client = try authority.get().issue(to: "client")
    let (certificate, key) = (
      try XCTUnwrap(files).write(client.certificate, to: "client.pem"),
      try XCTUnwrap(files).write(client.key, to: "client.key")
    )
    let trusting = "tls: {enabled: true, ca_file: \(try caFile())}\n"
    let cases: [(auth: String, environment: [String: String])] = [
      ("auth: {type: mtls, cert_file: \(certificate), key_file: \(key)}", [:]),
      ("auth:\n  type: mtls\n  cert_pem: \(block(client.certificate))\n  key_pem: \(block(client.key))", [:]),
      ("auth:\n  type: mtls\n  cert_file: \(certificate)\n  key_pem_env: KEY", ["KEY": client.key]),
      (
        "auth: {type: mtls, cert_pem: \"${env:CERT}\", key_pem: \"${env:KEY}\"}",
        ["KEY": client.key, "CERT": client.certificate]
      ),
      ("auth: {type: mtls, cert_file: \"${env:FILE}\", key_file: \(key)}", ["FILE": certificate]),
    ]
    for (auth, environment) in cases {
      let taken = try await outcome(of: trusting + auth, at: server.address, environment: environment)
      XCTAssertNil(taken, auth)
    }
    XCTAssertEqual(server.calls.count, cases.count)
    await server.stop()
  }

  func testServerRefusesClientsWithoutItsCertificate() async throws {
    let server = try await server(clientsOf: try authority.get())
    let trusting = "tls: {enabled: true, ca_file: \(try caFile())}\n"
    let none = try await outcome(of: trusting, at: server.address)
    XCTAssertEqual(
      none,
      "no Temporal server answers at \(server.address): the server wants a client certificate (auth.type: mtls with "
        + "cert_file and key_file)")

    let stranger = try TestAuthority("Another Authority").issue(to: "client")
    let (certificate, key) = (
      try XCTUnwrap(files).write(stranger.certificate, to: "other.pem"),
      try XCTUnwrap(files).write(stranger.key, to: "other.key")
    )
    let other = try await outcome(
      of: trusting + "auth: {type: mtls, cert_file: \(certificate), key_file: \(key)}", at: server.address)
    XCTAssertEqual(
      other,
      "no Temporal server answers at \(server.address): the server refuses the client certificate cert_file \(certificate): "
        + "unknown ca (it must be issued by an authority that the server trusts, and be valid now)")
    XCTAssertEqual(server.calls.count, 0)
    await server.stop()
  }

  // MARK: Files that cannot be used

  func testUnusableFilesAreNamed() async throws {
    let client = try authority.get().issue(to: "client")
    let folder = try XCTUnwrap(files)
    let certificate = try folder.write(client.certificate, to: "client.pem")
    let key = try folder.write(client.key, to: "client.key")
    let otherKey = try folder.write(try authority.get().issue(to: "other").key, to: "other.key")
    let text = try folder.write("what is this?", to: "text")
    let cut = try folder.write(String(client.certificate.prefix(120)), to: "cut.pem")
    let encrypted = try folder.write(
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIH=\n-----END ENCRYPTED PRIVATE KEY-----", to: "encrypted")
    let missing = folder.path + "/missing"
    let cases: [(fields: String, error: String)] = [
      (
        "tls: {enabled: true, ca_file: \(missing)}",
        "7:35: error: app:client: failed to read ca_file \(missing): no such file"
      ),
      (
        "tls: {enabled: true, ca_file: \(text)}",
        "7:35: error: app:client: failed to parse CA certificate from ca_file \(text) (it must hold -----BEGIN CERTIFICATE----- "
          + "blocks)"
      ),
      (
        "tls: {enabled: true, ca_file: \(key)}",
        "7:35: error: app:client: failed to parse CA certificate from ca_file \(key) (it holds a private key)"
      ),
      (
        "auth: {type: mtls, cert_file: \(missing), key_file: \(key)}",
        "7:24: error: app:client: failed to read cert_file \(missing): no such file"
      ),
      (
        "auth: {type: mtls, cert_file: \(cut), key_file: \(key)}",
        "7:24: error: app:client: failed to parse certificate from cert_file \(cut) (it must hold -----BEGIN CERTIFICATE----- "
          + "blocks)"
      ),
      (
        "auth: {type: mtls, key_file: \(text), cert_file: \(certificate)}",
        "7:24: error: app:client: failed to parse private key from key_file \(text) (it must hold a -----BEGIN PRIVATE KEY----- "
          + "block)"
      ),
      (
        "auth: {type: mtls, key_file: \(certificate), cert_file: \(certificate)}",
        "7:24: error: app:client: failed to parse private key from key_file \(certificate) (it holds a certificate)"
      ),
      (
        "auth: {type: mtls, key_file: \(encrypted), cert_file: \(certificate)}",
        "7:24: error: app:client: failed to parse private key from key_file \(encrypted) (it is encrypted: openssl pkey -in KEY "
          + "-out PLAIN decrypts it)"
      ),
      (
        "auth: {type: mtls, key_file: \(otherKey), cert_file: \(certificate)}",
        "7:24: error: app:client: failed to parse certificate and key: key_file \(otherKey) does not belong to the certificate "
          + "of cert_file \(certificate) (the first certificate must be the client's own)"
      ),
      (
        "auth: {type: mtls, key_pem_env: NO_SUCH, cert_file: \(certificate)}",
        "7:24: error: app:client: failed to get key_pem from env NO_SUCH: environment variable not found"
      ),
    ]
    for (fields, error) in cases {
      let client = try clientEntry(at: ServerAddress(host: "127.0.0.1", port: 1), fields)
      do {
        await (try GRPCConnection.connect(client: client)).close()
        XCTFail("\(fields) should have failed")
      } catch let errors as RegistryErrors {
        let text = "\(errors)"
        XCTAssertTrue(text.hasPrefix("_index.yaml:" + error), "\(text)\nis not\n_index.yaml:\(error)")
      }
    }
  }
}
#endif
