#if GRPC
import HindcastCalls
import HindcastFetch
import HindcastGateway
import HindcastHistory
import HindcastReport

/// One call of `hindcast fetch` under way.
struct FetchSession {
  private let command: FetchCommand
  private let server: ServerChoice
  private let console: Console

  init(_ command: FetchCommand, _ server: ServerChoice, _ console: Console) {
    self.command = command
    self.server = server
    self.console = console
  }

  /// Fetches until the list ends or a signal comes.
  func run() async throws -> ExitStatus {
    let folder = try ExportFolder(path: command.output, options: command.exportOptions(in: server.namespace))
    let connection = try await server.connect()
    var fetcher = HistoryFetcher(
      command.request(in: server.namespace), from: connection, to: folder,
      transforms: command.transforms(in: server.namespace, console))
    fetcher.jobs = command.jobs?.value ?? fetcher.jobs
    let summary = await fetch(with: fetcher)
    await connection.close()
    try report(summary)
    return status(summary)
  }

  private func fetch(with fetcher: HistoryFetcher) async -> FetchSummary {
    let (steps, step) = AsyncStream.makeStream(of: FetchSummary.self, bufferingPolicy: .bufferingNewest(1))
    let work = Task {
      let summary = await fetcher.run { step.yield($0) }
      step.finish()
      return summary
    }
    let signals = StopSignals { work.cancel() }
    defer { signals.ignore() }
    var line = ProgressLine(console)
    for await summary in steps {
      line.show("\(summary.fetched + summary.duplicates) fetched, \(summary.skipped) there already …")
    }
    line.clear()
    return await work.value
  }

  private func report(_ summary: FetchSummary) throws {
    for failure in summary.failures { console.complain("failed: \(failure.run): \(failure.error)") }
    switch summary.stop {
    case nil: break
    case is CancellationError: console.complain("interrupted; the same command goes on from here")
    case let error as ServiceError where error.code == .invalidArgument: console.complain("error: \(error.message)")
    case let error?: console.complain("error: \(error)")
    }
    guard summary.listed > 0 else {
      if summary.stop == nil { console.complain("error: no run found in namespace \(server.namespace)") }
      return
    }
    var parts = ["\(summary.fetched) fetched (\(summary.events) events)", "\(summary.skipped) there already"]
    if summary.duplicates > 0 { parts.append("\(summary.duplicates) of the same shape left out") }
    if !summary.failures.isEmpty { parts.append("\(summary.failures.count) failed") }
    try console.output.write("\(command.output): \(parts.joined(separator: ", "))\n")
  }

  private func status(_ summary: FetchSummary) -> ExitStatus {
    switch summary.stop {
    case nil: summary.listed == 0 ? .unusable : summary.failures.isEmpty ? .success : .failure
    case is CancellationError: .failure
    default: .unusable
    }
  }
}
#endif
