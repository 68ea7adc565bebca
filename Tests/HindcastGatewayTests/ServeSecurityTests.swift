#if GRPC
import Foundation
import HindcastGateway
import HindcastRegistry
import HindcastTestSupport
import XCTest

/// How `hindcast serve` protects what goes over the wire, with certificates made for the test.
final class ServeSecurityTests: XCTestCase {
  private struct Attempt {
    var name: String
    var security = TransportSecurity.plaintext
    var apiKey: String?
    /// What the error says; `nil` where the server answers.
    var refusal: String?
  }

  private func check(_ attempts: [Attempt], at address: ServerAddress) async throws {
    for attempt in attempts {
      var options = GRPCConnectionOptions()
      options.security = attempt.security
      options.apiKey = attempt.apiKey.map { Secret($0) }
      options.connectTimeout = .seconds(attempt.refusal == nil ? 30 : 3)
      do {
        let connection = try await GRPCConnection.connect(to: address, options: options)
        await connection.close()
        XCTAssertNil(attempt.refusal, attempt.name)
      } catch let failure as ConnectionFailure {
        let wanted = try XCTUnwrap(attempt.refusal, "\(attempt.name): \(failure)")
        XCTAssertTrue("\(failure)".contains(wanted), "\(attempt.name): \(failure)")
        if let key = attempt.apiKey { XCTAssertFalse("\(failure)".contains(key), "\(attempt.name) tells the key") }
      }
    }
  }

  private static func tls(
    _ authority: TestAuthority, as identity: TestAuthority.Issued? = nil
  ) -> TransportSecurity {
    var options = TLSOptions()
    options.trust = .authorities(PEMText(Secret(authority.certificate), from: "ca"))
    options.identity = identity.map {
      ClientIdentity(
        certificate: PEMText(Secret($0.certificate), from: "certificate"), key: PEMText(Secret($0.key), from: "key"))
    }
    return .tls(options)
  }

  private func serve(_ folder: TemporaryFolder, _ authority: TestAuthority, _ more: String...) throws -> ServeProcess {
    let issued = try authority.issue(to: "server", hosts: ["localhost"], addresses: [[127, 0, 0, 1]])
    return try ServeProcess(
      [
        "--tls-cert", folder.write(issued.certificate, to: "server.pem"),
        "--tls-key", folder.write(issued.key, to: "server.key"),
      ] + more)
  }

  func testTLS() async throws {
    let authority = try TestAuthority()
    let folder = try TemporaryFolder()
    let server = try serve(folder, authority)
    try await check(
      [
        Attempt(name: "trusting", security: Self.tls(authority)),
        Attempt(
          name: "trusting another", security: Self.tls(try TestAuthority("Another")),
          refusal: "the server's certificate is not trusted"),
        Attempt(name: "unencrypted", refusal: "no Temporal server answers"),
      ], at: try XCTUnwrap(server.address))
    XCTAssertEqual(server.end(with: SIGTERM), 0)
  }

  func testClientsMustShowACertificate() async throws {
    let authority = try TestAuthority()
    let clients = try TestAuthority("Clients")
    let folder = try TemporaryFolder()
    let server = try serve(folder, authority, "--tls-client-ca", folder.write(clients.certificate, to: "clients.pem"))
    try await check(
      [
        Attempt(name: "known", security: Self.tls(authority, as: try clients.issue(to: "client"))),
        Attempt(name: "without", security: Self.tls(authority), refusal: "no Temporal server answers"),
        Attempt(
          name: "of another authority", security: Self.tls(authority, as: try authority.issue(to: "client")),
          refusal: "no Temporal server answers"),
      ], at: try XCTUnwrap(server.address))
    XCTAssertEqual(server.end(with: SIGTERM), 0)
  }

  func testClientsMustSendTheKey() async throws {
    let server = try ServeProcess(["--api-key-env", "THE_KEY"], environment: ["THE_KEY": "secret-7"])
    XCTAssertFalse(server.greeting.contains("secret-7"), server.greeting)
    try await check(
      [
        Attempt(name: "right", apiKey: "secret-7"),
        Attempt(name: "wrong", apiKey: "secret-8", refusal: "Request unauthorized."),
        Attempt(name: "none", refusal: "Request unauthorized."),
      ], at: try XCTUnwrap(server.address))
    XCTAssertEqual(server.end(with: SIGTERM), 0)
  }
}
#endif
