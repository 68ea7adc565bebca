#if GRPC
import Foundation
import HindcastGateway
import XCTest

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Temporal's own dev server, in memory, for as long as the value lives.
///
/// The server hangs on a pipe from this process, so it ends with the process however that ends; nothing of it is kept, so it is
/// not asked to end nicely, which takes it seconds.
final class DevServer: Sendable {
  let address: ServerAddress

  /// One server for all tests of the process that share a namespace with others; calls are made in a tight loop, so its rate
  /// limits are lifted.
  static let shared = Task {
    try await DevServer.start(settings: ["frontend.rps": "1000000", "frontend.namespaceRPS": "1000000"])
  }

  private let process: Process
  private let lifeline: Pipe

  /// Starts a server on a free port and waits until it answers.
  ///
  /// - Parameter settings: Dynamic configuration, `frontend.rps` and the like.
  /// - Throws: `XCTSkip` when there is no `temporal` program.
  static func start(settings: [String: String] = [:]) async throws -> DevServer {
    let program = try temporalProgram()
    let server = try DevServer(program: program, port: freePort(), settings: settings)
    var options = GRPCConnectionOptions()
    options.connectTimeout = .seconds(60)
    let probe = try await GRPCConnection.connect(to: server.address, options: options)
    await probe.close()
    return server
  }

  private init(program: String, port: Int, settings: [String: String]) throws {
    address = ServerAddress(host: "127.0.0.1", port: port)
    process = Process()
    lifeline = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      [
        "-c", #""$0" "$@" & server=$!; cat > /dev/null; kill -9 $server; wait $server"#,
        program, "server", "start-dev", "--headless", "--ip", address.host, "--port", "\(port)", "--log-level", "never",
      ] + settings.sorted { $0.key < $1.key }.flatMap { ["--dynamic-config-value", "\($0.key)=\($0.value)"] }
    process.standardInput = lifeline
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// Ends the server and waits until it is gone.
  func stop() {
    try? lifeline.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// `HINDCAST_TEMPORAL_CLI`, else the package's own environment, else the search path.
  private static func temporalProgram() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    if let program = environment["HINDCAST_TEMPORAL_CLI"], !program.isEmpty { return program }
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let candidates =
      [package.appendingPathComponent(".venv/bin/temporal").path]
      + (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/temporal" }
    guard let program = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw XCTSkip("needs the Temporal CLI: run Tools/setup --tests, or set HINDCAST_TEMPORAL_CLI to its path")
    }
    return program
  }

  /// A port that nobody listens on; the system does not give it out again at once.
  static func freePort() throws -> Int {
    #if canImport(Glibc)
    let stream = Int32(SOCK_STREAM.rawValue)
    #else
    let stream = SOCK_STREAM
    #endif
    let socket = socket(AF_INET, stream, 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
#endif
