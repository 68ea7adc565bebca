#if GRPC
import Foundation
import HindcastCalls
import HindcastReport
import HindcastShadow
import HindcastWorker
import Synchronization

/// One call of `hindcast shadow` under way.
struct ShadowSession {
  let command: ShadowCommand
  let server: ServerChoice
  let directory: String
  let worker: ShadowWorker
  let console: Console

  /// How often the workflow is asked how far it is.
  private static let progressInterval = Duration.seconds(2)

  /// Runs a shadow to its end and reports.
  func run() async throws -> ExitStatus {
    let connection = try await server.connect()
    let identity = ShadowWorker.processIdentity
    let work =
      command.workersOnly
      ? nil
      : Task {
        try await worker.worker(on: connection, namespace: server.namespace, identity: identity).run()
      }
    let outcome: Result<ShadowResult, any Error>
    let start = ContinuousClock.now
    do {
      let shadow = try await Shadow.start(
        command.request(in: server.namespace), workflowID: command.workflowID ?? "hindcast-shadow-\(UUID().uuidString)",
        namespace: server.namespace, taskQueue: command.taskQueue, identity: identity, on: connection)
      console.complain("shadow \(shadow.workflowID) runs on task queue \(command.taskQueue), app \(worker.digest)")
      outcome = .success(try await result(of: shadow))
    } catch {
      outcome = .failure(error)
    }
    work?.cancel()
    _ = await work?.result
    await connection.close()
    var report = ShadowReport(command: command, directory: directory, digest: worker.digest, console: console)
    return try report.write(try outcome.get(), seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private func result(of shadow: Shadow) async throws -> ShadowResult {
    let signals = StopSignals {
      Task {
        do { try await shadow.cancel() } catch { console.complain("the shadow cannot be cancelled: \(error)") }
      }
    }
    defer { signals.ignore() }
    let progress = Task { await showProgress(of: shadow) }
    defer { progress.cancel() }
    return try await shadow.result()
  }

  private func showProgress(of shadow: Shadow) async {
    var line = ProgressLine(console)
    while !Task.isCancelled {
      // It is only for show: a worker that is busy, or none, is no reason to complain.
      if let known = try? await shadow.progress(), !Task.isCancelled {
        let failed = known.tally.failed > 0 ? ", \(known.tally.failed) failed" : ""
        line.show("\(known.tally.total) of \(known.listed) listed replayed\(failed), \(known.workers.count) workers …")
      }
      try? await Task.sleep(for: Self.progressInterval)
    }
    line.clear()
  }
}
#endif
