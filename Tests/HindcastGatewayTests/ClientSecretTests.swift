#if GRPC
import HindcastCalls
import HindcastGateway
import HindcastRegistry
import HindcastTestSupport
import SwiftProtobuf
import TemporalServiceAPI
import XCTest

/// Nothing that is said of a client gives a credential away, whatever goes wrong.
final class ClientSecretTests: XCTestCase {
  private static let canary = "canary-0123456789"

  /// Everything that can be said of a value.
  private func texts(of value: Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    return ["\(value)", String(reflecting: value), dumped]
  }

  private func assertNoSecret(in value: Any, _ what: String) {
    for text in texts(of: value) { XCTAssertFalse(text.contains(Self.canary), "\(what): \(text)") }
  }

  func testNoFailureShowsACredential() async throws {
    let authority = try TestAuthority()
    let folder = try TemporaryFolder()
    let issued = try authority.issue(to: "client", addresses: [[127, 0, 0, 1]])
    let keyed = try await TestServer.start(.init(security: .tls(issued), requiredAPIKey: "another"))
    let strict = try await TestServer.start(.init(security: .tls(issued, clientsOf: try TestAuthority("Other"))))
    let plain = try await TestServer.start()
    let ca = try folder.write(authority.certificate, to: "ca.pem")
    let tls = "tls: {enabled: true, ca_file: \(ca)}\n"
    let certificate = "cert_pem: \(block(Self.canary + "\n" + issued.certificate))\n"
    let nowhere = ServerAddress(host: "127.0.0.1", port: try DevServer.freePort())

    let cases: [(fields: String, address: ServerAddress)] = [
      // A server that repeats the key in its refusal.
      (tls + "auth: {type: api_key, api_key: \(Self.canary)}", keyed.address),
      (tls + "auth: {type: api_key, api_key_env: KEY}", keyed.address),
      (tls + "auth: {type: api_key, api_key: \"${env:KEY}\"}", nowhere),
      ("auth: {type: api_key, api_key: \(Self.canary)}", keyed.address),
      ("auth: {type: api_key, api_key: \(Self.canary)}", plain.address),
      ("auth: {type: api_key, api_key: \"\(Self.canary) two\"}", plain.address),
      (tls + "auth: {type: api_key, api_key_file: \(try folder.write(Self.canary + "\nb", to: "key"))}", keyed.address),
      (tls + "auth:\n  type: mtls\n  \(certificate)  key_pem: \(Self.canary)", strict.address),
      (tls + "auth:\n  type: mtls\n  cert_pem: \(Self.canary)\n  key_pem: \(block(issued.key))", strict.address),
      (tls + "auth:\n  type: mtls\n  \(certificate)  key_pem: \(block(issued.key + Self.canary))", strict.address),
      (tls + "auth:\n  type: mtls\n  \(certificate)  key_pem_env: KEY", strict.address),
    ]
    for (fields, address) in cases {
      let client = try clientEntry(
        at: address, "connection_timeout: 2s\n" + fields, environment: ["KEY": Self.canary])
      assertNoSecret(in: client, "the entry of \(fields)")
      if let options = try? GRPCConnectionOptions(client: client) {
        assertNoSecret(in: options, "options of \(fields)")
      }
      do {
        await (try GRPCConnection.connect(client: client)).close()
        XCTFail("this should have failed: \(fields)")
      } catch {
        assertNoSecret(in: error, "the failure of \(fields)")
      }
    }
    for server in [keyed, strict, plain] { await server.stop() }
  }

  func testNoCallShowsACredential() async throws {
    let authority = try TestAuthority()
    let folder = try TemporaryFolder()
    let issued = try authority.issue(to: "server", addresses: [[127, 0, 0, 1]])
    let repeating = Served(WorkflowService.describeNamespace) { _ in
      throw ServiceError(.internal, "the key was \(Self.canary)")
    }
    let server = try await TestServer.start(.init(security: .tls(issued), methods: [repeating]))
    let client = try clientEntry(
      at: server.address,
      "tls: {enabled: true, ca_file: \(try folder.write(authority.certificate, to: "ca.pem"))}\n"
        + "auth: {type: api_key, api_key: \(Self.canary)}")
    let connection = try await GRPCConnection.connect(client: client)
    assertNoSecret(in: connection, "the connection")
    do {
      _ = try await connection.call(WorkflowService.describeNamespace, .init())
      XCTFail("the call should have failed")
    } catch {
      XCTAssertEqual("\(error)", "DescribeNamespace: INTERNAL: the key was ••••")
    }
    await connection.close()
    await server.stop()
  }
}
#endif
