#if GRPC
import HindcastCalls
import HindcastGateway
import HindcastRegistry
import HindcastTestSupport
import SwiftProtobuf
import TemporalServiceAPI
import XCTest

/// What calls of a client carry, and how its connection is kept up.
final class ClientCallTests: XCTestCase {
  private static let key = "canary-api-key-0123456789"

  private var folder: TemporaryFolder?

  override func setUpWithError() throws { folder = try TemporaryFolder() }

  override func tearDown() { folder = nil }

  // MARK: API keys

  private func serverWithKey() async throws -> (server: TestServer, tls: String) {
    let authority = try TestAuthority()
    let issued = try authority.issue(to: "server", addresses: [[127, 0, 0, 1]])
    let server = try await TestServer.start(.init(security: .tls(issued), requiredAPIKey: Self.key))
    let tls = "tls: {enabled: true, ca_file: \(try XCTUnwrap(folder).write(authority.certificate, to: "ca.pem"))}\n"
    return (server, tls)
  }

  func testAPIKeyFromEverySourceReachesTheServer() async throws {
    let (server, tls) = try await serverWithKey()
    // White space round a key in a file is no part of it.
    let file = try XCTUnwrap(folder).write("\n \(Self.key)\n", to: "key")
    let cases: [(auth: String, environment: [String: String])] = [
      ("api_key: \(Self.key)", [:]), ("api_key: \"${env:KEY}\"", ["KEY": Self.key]),
      ("api_key_env: KEY", ["KEY": Self.key]), ("api_key_file: \(file)", [:]),
    ]
    for (auth, environment) in cases {
      let client = try clientEntry(
        at: server.address, tls + "auth: {type: api_key, \(auth)}", environment: environment)
      let connection = try await GRPCConnection.connect(client: client)
      _ = try await connection.call(WorkflowService.getSystemInfo, .init())
      await connection.close()
    }
    XCTAssertEqual(server.calls.count, 2 * cases.count)
    // On every call, as the first.
    for call in server.calls { XCTAssertEqual(call.headers["authorization"], ["Bearer \(Self.key)"]) }
    await server.stop()
  }

  func testServerRefusesClientsWithoutItsKey() async throws {
    let (server, tls) = try await serverWithKey()
    for auth in ["", "auth: {type: api_key, api_key: wrong}"] {
      let client = try clientEntry(at: server.address, tls + auth)
      do {
        await (try GRPCConnection.connect(client: client)).close()
        XCTFail("the server takes \(auth)")
      } catch {
        let sent = auth.isEmpty ? "nothing" : "Bearer ••••"
        XCTAssertEqual(
          "\(error)",
          "no Temporal server answers at \(server.address): it refuses GetSystemInfo: UNAUTHENTICATED: Request unauthorized: "
            + "\(sent) (auth.api_key or auth.type: mtls say who the client is)")
      }
    }
    await server.stop()
  }

  func testUnusableKeysAreRefusedBeforeAnythingIsSent() async throws {
    let files = try XCTUnwrap(folder)
    let (empty, lines) = (try files.write(" \n", to: "empty"), try files.write("canary\r\nX: y", to: "lines"))
    let cases = [
      ("api_key_env: NO_SUCH", "failed to get api_key from env NO_SUCH: environment variable not found"),
      ("api_key_file: \(files.path)/none", "failed to read api_key_file \(files.path)/none: no such file"),
      ("api_key_file: \(empty)", "api_key_file \(empty) is empty"),
      ("api_key_file: \(lines)", "api_key_file \(lines) is no API key"),
      ("api_key: \"canary two\"", "api_key is no API key"),
    ]
    for (auth, error) in cases {
      let client = try clientEntry(at: ServerAddress(host: "127.0.0.1", port: 1), "auth: {type: api_key, \(auth)}")
      XCTAssertThrowsError(try GRPCConnectionOptions(client: client)) {
        XCTAssertTrue("\($0)".contains("error: app:client: \(error)"), "\($0)")
        XCTAssertFalse("\($0)".contains("canary"), "\($0)")
      }
    }
  }

  // MARK: Headers

  func testCallsCarryTheHeadersOfRealSDKs() async throws {
    let server = try await TestServer.start(
      .init(methods: [Served(WorkflowService.describeNamespace) { _ in .init() }]))
    let connection = try await GRPCConnection.connect(client: try clientEntry(at: server.address, "namespace: orders"))
    _ = try await connection.call(
      WorkflowService.describeNamespace, .with { $0.namespace = "others" }, timeout: .seconds(9))
    await connection.close()
    let headers = try XCTUnwrap(server.calls.last?.headers)
    XCTAssertEqual(headers["client-name"], ["hindcast"])
    XCTAssertEqual(headers["client-version"], ["0.1.0"])
    // As what the request is about; where it names no namespace, as the client's.
    XCTAssertEqual(headers["temporal-namespace"], ["others"])
    XCTAssertEqual(server.calls.first?.headers["temporal-namespace"], ["orders"])
    XCTAssertNotNil(headers["grpc-timeout"])
    XCTAssertNil(headers["authorization"])
    await server.stop()
  }

  // MARK: Time

  func testPeerSeesKeepalivePings() async throws {
    let server = try await TestServer.start(.init(countsPings: true))
    // Nothing is called meanwhile: idle connections are asked after, too.
    let busy = try await GRPCConnection.connect(
      client: try clientEntry(at: server.address, "keep_alive_time: 1s\nkeep_alive_timeout: 30s"))
    try await server.until { $0.pings >= 2 }
    await busy.close()
    await server.stop()
  }

  func testKeepaliveTimesOfAnEntryAreUsed() async throws {
    let client = try clientEntry(
      at: ServerAddress(host: "h"), "keep_alive_time: 45s\nkeep_alive_timeout: 7s\nconnection_timeout: 3s")
    let options = try GRPCConnectionOptions(client: client)
    XCTAssertEqual(options.keepaliveTime, .seconds(45))
    XCTAssertEqual(options.keepaliveTimeout, .seconds(7))
    XCTAssertEqual(options.connectTimeout, .seconds(3))
  }

  func testConnectionTimeoutEndsTheFirstDial() async throws {
    // Accepts connections and says nothing.
    let silence = try SilentListener()
    let client = try clientEntry(at: silence.address, "connection_timeout: 200ms")
    do {
      await (try GRPCConnection.connect(client: client)).close()
      XCTFail("nobody is there")
    } catch {
      XCTAssertTrue("\(error)".contains("nothing came back within 0.2 s"), "\(error)")
    }
    silence.close()
  }

  func testPeerThatDoesNotAnswerPingsIsGivenUp() async throws {
    // The second patience is longer than the pause between questions.
    for times in ["keep_alive_time: 60ms\nkeep_alive_timeout: 20ms", "keep_alive_time: 60ms\nkeep_alive_timeout: 1h"] {
      let silence = try SilentListener(greeting: SilentListener.emptySettings)
      let connection = Task {
        try await GRPCConnection.connect(
          client: try clientEntry(at: silence.address, times + "\nconnection_timeout: 1h"))
      }
      // Each connection is left for the next when its PING goes unanswered.
      try await silence.untilAccepted(2)
      connection.cancel()
      _ = await connection.result
      silence.close()
    }
  }
}
#endif
