#if GRPC
import Foundation
import HindcastApp
import HindcastGateway
import HindcastMetrics
import HindcastRegistry
import HindcastReport
import HindcastWorker

/// One call of `hindcast worker` or `hindcast call` under way: the app's services, the lines that they write, and what ends them.
struct WorkerSession {
  /// What the command line asks for.
  struct Options: Sendable {
    /// The server to connect to in plain text, in place of the entries' own.
    var address: ServerAddress?
    /// Who works, in place of what the entries say.
    var identity: String?
    var leastLevel = WorkerLogLine.Level.info
    var logFormat = WorkerLogFormat.Name.text
    /// Where metrics are served.
    var metrics: ServerAddress?
    /// Whether services that fail are started again, as their lifecycle says.
    var restartsServices = true
  }

  let app: WorkerApp
  let order: StartOrder
  let options: Options
  /// A function that is called when the services run, and whose end is theirs.
  var function: FunctionCall?

  private enum Line: Sendable {
    case announcement(String)
    case log(WorkerLogLine)
  }

  /// Runs the services until a signal comes, the function ends, or one that the app cannot do without has failed.
  func run(in console: Console) async throws -> ExitStatus {
    let lines = AsyncStream.makeStream(of: Line.self)
    let write = lines.continuation
    let log: WorkerLog = { write.yield(.log($0)) }
    let metrics = options.metrics.map { _ in PrometheusMetrics(explanations: WorkerMetric.explanations) }
    let group = WorkerServices(app, options, metrics: metrics, log: log) { write.yield(.announcement($0)) }
    let services = try group.services(of: order)
    let endpoint = try await serve(metrics, of: group)
    if let address = options.metrics { write.yield(.announcement("metrics at http://\(address)/metrics")) }
    let supervisor = Supervisor(services, clock: ContinuousClock(), random: { .random(in: 0..<1) }, log: log)
    let main: (@Sendable () async -> Void)?
    if let function { main = { await function.run(log: log) } } else { main = nil }
    let work = Task {
      defer { write.finish() }
      try await supervisor.run(while: main)
    }
    defer { work.cancel() }
    let signals = StopSignals { work.cancel() }
    defer { signals.ignore() }

    for await line in lines.stream {
      switch line {
      case .announcement(let text):
        if function == nil { try console.output.write(text + "\n") } else { console.complain(text) }
      case .log(let line):
        if line.level >= options.leastLevel { console.complain(WorkerLogFormat.line(line, as: options.logFormat)) }
      }
    }
    let result = await work.result
    await endpoint?.close()
    try result.get()
    return try function?.report(to: console) ?? .success
  }

  private func serve(_ metrics: PrometheusMetrics?, of services: WorkerServices) async throws -> MetricsEndpoint? {
    guard let metrics, let address = options.metrics else { return nil }
    return try await MetricsEndpoint(
      host: address.host, port: UInt16(clamping: address.port), metrics: metrics, fault: { services.fault })
  }
}
#endif
