#if GRPC
import Foundation
import HindcastApp
import HindcastGateway
import HindcastRegistry
import HindcastReport
import HindcastWorker

/// One call of `hindcast worker` or `hindcast call` under way: workers, the lines that they write, and what ends them.
struct WorkerSession {
  let plans: [WorkerPlan]
  /// The server to connect to in place of the entries' own.
  let address: ServerAddress?
  /// Who works, in place of what the entries say.
  let identity: String?
  let leastLevel: WorkerLogLine.Level
  /// The app's processes, which reach workflows through the connections.
  let processes: AppProcesses
  /// Whether the workers poll.
  var runsWorkers = true
  /// A function that is called when the workers run, and whose end is theirs.
  var function: FunctionCall?

  private enum Line: Sendable {
    case announcement(String)
    case log(WorkerLogLine)
  }

  /// Runs the workers until a signal comes or one of them fails.
  func run(in console: Console) async throws -> ExitStatus {
    let lines = AsyncStream.makeStream(of: Line.self)
    let write = lines.continuation
    let work = Task {
      defer { write.finish() }
      try await runAll { write.yield($0) }
    }
    defer { work.cancel() }
    let signals = StopSignals { work.cancel() }
    defer { signals.ignore() }

    for await line in lines.stream {
      switch line {
      case .announcement(let text):
        if function == nil { try console.output.write(text + "\n") } else { console.complain(text) }
      case .log(let line): if line.level >= leastLevel { console.complain(WorkerLogFormat.text(of: line)) }
      }
    }
    do {
      try await work.value
    } catch is CancellationError {
      // Stopped while it was still connecting.
    }
    return try function?.report(to: console) ?? .success
  }

  private func runAll(_ write: @escaping @Sendable (Line) -> Void) async throws {
    let connections = try await connect()
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for plan in plans {
          guard let connection = connections[plan.client.id] else { continue }
          let name = identity ?? Self.processIdentity
          processes.connect(
            plan.client.id, ClientConnection(connection, namespace: plan.client.namespace, identity: name))
          guard runsWorkers else { continue }
          var configuration = plan.configuration
          if let name = identity ?? (configuration.identity.isEmpty ? Self.processIdentity : nil) {
            configuration.identity = name
          }
          let entry = plan.entry.description
          configuration.log = { line in
            var line = line
            line.fields.append(.init("worker", entry))
            write(.log(line))
          }
          let worker = Worker(configuration, connection: connection)
          write(.announcement("worker \(entry) polls \(configuration.taskQueue) at \(connection.address)"))
          group.addTask { try await worker.run() }
        }
        if let function {
          await function.run { write(.log($0)) }
          group.cancelAll()
        }
        for try await _ in group {}
      }
    } catch {
      for connection in connections.values { await connection.close() }
      throw error
    }
    for connection in connections.values { await connection.close() }
  }

  /// A connection for each client that is needed.
  private func connect() async throws -> [EntryID: GRPCConnection] {
    var connections: [EntryID: GRPCConnection] = [:]
    for client in plans.map(\.client) where connections[client.id] == nil {
      if address == nil, client.usesTLS {
        throw WorkerSetupError(
          "\(client.position): client \(client.id) asks for TLS or authentication, which is not supported yet")
      }
      var options = GRPCConnectionOptions()
      options.connectTimeout = client.connectionTimeout.duration
      options.namespace = client.namespace
      connections[client.id] = try await GRPCConnection.connect(
        to: try address ?? ServerAddress(client.address), options: options)
    }
    return connections
  }

  /// As the Go SDK names a worker that has no name.
  private static var processIdentity: String {
    let process = ProcessInfo.processInfo
    return "\(process.processIdentifier)@\(process.hostName)"
  }
}
#endif
