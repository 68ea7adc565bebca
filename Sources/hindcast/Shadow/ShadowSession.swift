#if GRPC
import Foundation
import HindcastCalls
import HindcastGateway
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
    // First, so that a file that cannot be written does not show after hours.
    let reporter = try command.report.reporter(in: console)
    let connection = try await server.connect()
    let identity = ShadowWorker.processIdentity
    let worker = worker.worker(on: connection, namespace: server.namespace, identity: identity)
    let work = command.workersOnly ? nil : Task { try await worker.run() }
    let outcome: Result<ShadowResult, any Error>
    let start = ContinuousClock.now
    do {
      let shadow = try await Shadow.start(
        command.request(in: server.namespace), workflowID: command.workflowID ?? "hindcast-shadow-\(UUID().uuidString)",
        namespace: server.namespace, taskQueue: command.taskQueue, identity: identity, on: connection)
      console.complain("shadow \(shadow.workflowID) runs on task queue \(command.taskQueue), app \(self.worker.digest)")
      outcome = .success(try await result(of: shadow))
    } catch {
      outcome = .failure(error)
    }
    work?.cancel()
    _ = await work?.result
    await connection.close()
    var report = ShadowReport(
      reporter: reporter, directory: directory, digest: self.worker.digest, console: console)
    return try report.write(try outcome.get(), seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private func result(of shadow: Shadow) async throws -> ShadowResult {
    let stop = AsyncStream.makeStream(of: Void.self)
    let signals = StopSignals { stop.continuation.finish() }
    defer { signals.ignore() }
    let cancelling = Task { () -> (any Error)? in
      for await _ in stop.stream {}
      guard !Task.isCancelled else { return nil }
      do { try await shadow.cancel() } catch { return error }
      return nil
    }
    let waiting = Task { try await shadow.result() }
    let progress = AsyncStream.makeStream(of: ShadowResult.self)
    let asking = Task {
      while !Task.isCancelled {
        // It is only for show: a worker that is busy, or none, is no reason to complain.
        if let known = try? await shadow.progress() { progress.continuation.yield(known) }
        try? await Task.sleep(for: Self.progressInterval)
      }
    }
    let ending = Task {
      _ = await waiting.result
      asking.cancel()
      progress.continuation.finish()
    }
    var line = ProgressLine(console)
    for await known in progress.stream {
      let failed = known.tally.failed > 0 ? ", \(known.tally.failed) failed" : ""
      line.show("\(known.tally.total) of \(known.listed) listed replayed\(failed), \(known.workers.count) workers …")
    }
    line.clear()
    await ending.value
    cancelling.cancel()
    if let error = await cancelling.value { console.complain("the shadow cannot be cancelled: \(error)") }
    return try await waiting.value
  }
}
#endif
