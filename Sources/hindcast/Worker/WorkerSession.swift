#if GRPC
import Foundation
import HindcastApp
import HindcastGateway
import HindcastRegistry
import HindcastReport
import HindcastWorker

/// One call of `hindcast worker` under way: the app's services, the lines that they write, and the signals that end them.
struct WorkerSession {
  /// What the command line asks for.
  struct Options: Sendable {
    /// The server to connect to in plain text, in place of the entries' own.
    var address: ServerAddress?
    /// Who works, in place of what the entries say.
    var identity: String?
    var leastLevel = WorkerLogLine.Level.info
  }

  let app: WorkerApp
  let order: StartOrder
  let options: Options

  private enum Line: Sendable {
    case announcement(String)
    case log(WorkerLogLine)
  }

  /// Runs the services until a signal comes or one that the app cannot do without has failed.
  func run(in console: Console) async throws -> ExitStatus {
    let lines = AsyncStream.makeStream(of: Line.self)
    let write = lines.continuation
    let log: WorkerLog = { write.yield(.log($0)) }
    let services = try WorkerServices(app, options, log: log) { write.yield(.announcement($0)) }.services(of: order)
    let supervisor = Supervisor(services, clock: ContinuousClock(), random: { .random(in: 0..<1) }, log: log)
    let work = Task {
      defer { write.finish() }
      try await supervisor.run()
    }
    defer { work.cancel() }
    let signals = StopSignals { work.cancel() }
    defer { signals.ignore() }

    for await line in lines.stream {
      switch line {
      case .announcement(let text): try console.output.write(text + "\n")
      case .log(let line):
        if line.level >= options.leastLevel { console.complain(WorkerLogFormat.text(of: line)) }
      }
    }
    try await work.value
    return .success
  }
}
#endif
