#if GRPC && Server
import ArgumentParser
import Foundation
import HindcastCalls
import HindcastGateway
import HindcastPages
import HindcastLua
import HindcastRegistry
import HindcastReport
import HindcastService

/// `hindcast serve`: the fake Temporal server over gRPC.
struct ServeCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a Temporal server of Hindcast's own to clients and workers of any SDK.",
    discussion: """
      It answers as the real server does and ends on SIGINT or SIGTERM. Without --db nothing outlives it. With \
      --time-skipping time jumps to the next timer when nothing is under way, as the clients of the time-skipping test server \
      expect.
      """)

  @Option(
    name: [.customLong("host"), .customLong("ip")],
    help: ArgumentHelp("The numeric address to listen at, or localhost.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(help: ArgumentHelp("The port to listen at; 0 for a free one.", valueName: "number"))
  var port = ServerAddress.defaultPort

  @Option(help: ArgumentHelp("Keep what is stored in this SQLite database.", valueName: "file"))
  var db: String?

  @Flag(help: "Skip time in which nothing happens.")
  var timeSkipping = false

  @Option(help: ArgumentHelp("A namespace to have beside default; may be repeated.", valueName: "name"))
  var namespace: [String] = []

  @Option(help: ArgumentHelp("Serve pages about runs and their histories at this port.", valueName: "number"))
  var ui: UInt16?

  @Option(help: ArgumentHelp("The app's folder that the pages replay histories against.", valueName: "dir"))
  var app: String?

  @OptionGroup(title: "Security")
  var security: ServeSecurity

  func validate() throws {
    guard (0...Int(UInt16.max)).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
    if app != nil, ui == nil { throw ValidationError("--app is for the pages of --ui") }
    guard host == "localhost" || Self.isNumeric(host) else {
      throw ValidationError("--host is a numeric address, 127.0.0.1 or ::1, or localhost")
    }
    try security.validate()
  }

  private static func isNumeric(_ host: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      var options = GRPCFrontOptions()
      options.host = host == "localhost" ? "127.0.0.1" : host
      options.port = port
      options.services.append(TestService.name)
      options.security = security.transport
      options.apiKeys = try security.apiKeys(in: console.environment)
      let configuration = ServiceConfiguration(
        storage: db.map { .file($0) } ?? .memory, clock: timeSkipping ? .skipping() : .real, namespaces: namespace)
      let service = try TemporalService(configuration)
      let session = ServeSession(
        service: service, options: options, database: db ?? "in memory", namespaces: ["default"] + namespace,
        pages: try pages(about: service, in: console))
      return try await session.run(in: console)
    } catch let error as OutputError {
      return console.fail(error)
    } catch let errors as RegistryErrors {
      console.complain(errors.description)
      return .unusable
    } catch {
      // The port is taken, the database is another's: the reason is all that there is to say.
      console.complain("error: \(error)")
      return .unusable
    }
  }

  private func pages(about service: TemporalService, in console: Console) throws -> PageServer? {
    guard let ui else { return nil }
    let site = try PageSite(
      service: service, code: try app.map { try AppLoader(directory: $0) }, workingDirectory: console.workingDirectory)
    return PageServer(site: site, host: host, port: ui)
  }
}

/// How `hindcast serve` protects what goes over the wire.
struct ServeSecurity: ParsableArguments {
  @Option(help: ArgumentHelp("Encrypt, with this certificate (PEM).", valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("Require client certificates signed by one of these (PEM).", valueName: "file"))
  var tlsClientCa: String?

  @Option(help: ArgumentHelp("Require the API key that this environment variable holds.", valueName: "variable"))
  var apiKeyEnv: String?

  func validate() throws {
    if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key go together") }
    if tlsClientCa != nil, tlsCert == nil { throw ValidationError("--tls-client-ca needs --tls-cert and --tls-key") }
  }

  var transport: GRPCFrontOptions.Security {
    guard let tlsCert, let tlsKey else { return .plaintext }
    return .tls(certificate: tlsCert, key: tlsKey, clientCertificates: tlsClientCa)
  }

  func apiKeys(in environment: [String: String]) throws -> Set<String> {
    guard let apiKeyEnv else { return [] }
    guard let key = environment[apiKeyEnv], !key.isEmpty else {
      throw ValidationError("the environment has no \(apiKeyEnv), which --api-key-env names")
    }
    return [key]
  }
}
#endif
