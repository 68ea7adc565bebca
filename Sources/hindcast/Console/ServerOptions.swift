#if GRPC
import ArgumentParser
import HindcastGateway
import HindcastRegistry

/// Which server, and which of its namespaces: what an app's `temporal.client` says, or what the command line does.
struct ServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The app's folder. By default the nearest one at or above the current folder.", valueName: "dir"))
  var app: String?

  @Option(
    help: ArgumentHelp(
      "The temporal.client entry to connect as. By default the app's only one.", valueName: "ns:name"),
    transform: EntryID.init(parsing:))
  var client: EntryID?

  @Option(
    help: ArgumentHelp("Connect to this server, in plain text, whatever the entries say.", valueName: "host:port"))
  var address: String?

  @Option(help: ArgumentHelp("The namespace, in place of the client's.", valueName: "name"))
  var namespace: String?

  func validate() throws {
    guard let address else { return }
    do {
      _ = try ServerAddress(address)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// The app, where one is named or lies around.
  func loadApp(_ console: Console) throws -> (directory: String, registry: Registry)? {
    guard let directory = app ?? Registry.findApp(near: console.workingDirectory) else { return nil }
    return (directory, try Registry.load(directory: directory))
  }

  /// The server that these options and the app name.
  func server(of app: Registry?) throws -> ServerChoice {
    try ServerChoice(of: app, client: client, address: address, namespace: namespace)
  }
}

/// A server that is to be connected to.
struct ServerChoice {
  /// The address, where it is not the client's own.
  var address: ServerAddress?
  /// The client, where there is one.
  var client: TemporalClientConfiguration?
  var namespace: String

  /// Chooses a server.
  ///
  /// - Parameters:
  ///   - app: The app whose client it may be.
  ///   - client: Which client; by default the app's only one.
  ///   - address: The server's address, in place of the client's.
  ///   - namespace: The namespace, in place of the client's.
  init(of app: Registry?, client: EntryID?, address: String?, namespace: String?) throws {
    self.address = try address.map { try ServerAddress($0) }
    if address != nil, client == nil {
      self.client = nil
      self.namespace = namespace ?? "default"
      return
    }
    guard let app else {
      throw ServerChoiceError(
        "no app was found to tell the server; name its folder with --app, or the server with --address")
    }
    let entry = try Self.entry(client, in: app)
    self.client = entry
    self.namespace = namespace ?? entry.namespace
  }

  private static func entry(_ client: EntryID?, in app: Registry) throws -> TemporalClientConfiguration {
    let names = app.clients.map(\.id.description).joined(separator: ", ")
    if let client {
      guard let entry = app.client(client) else {
        throw ServerChoiceError(
          "the app has no temporal.client \(client)" + (names.isEmpty ? "" : "; it has \(names)"))
      }
      return entry
    }
    guard let entry = app.clients.first, app.clients.count == 1 else {
      throw ServerChoiceError(
        names.isEmpty
          ? "the app has no temporal.client; name the server with --address"
          : "the app has several temporal.client entries (\(names)); choose one with --client")
    }
    return entry
  }

  /// Connects.
  func connect() async throws -> GRPCConnection {
    if let address {
      var options = GRPCConnectionOptions()
      options.namespace = namespace
      return try await GRPCConnection.connect(to: address, options: options)
    }
    guard var client else { throw ServerChoiceError("no server is named") }
    client.namespace = namespace
    return try await GRPCConnection.connect(client: client)
  }
}

/// Why it is not known which server is meant.
struct ServerChoiceError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
#endif
