#if GRPC
import HindcastGateway
import HindcastReport
import HindcastWorker

/// One call of `hindcast worker --shadow` under way.
struct ShadowWorkerSession {
  let server: ServerChoice
  let worker: ShadowWorker
  let identity: String?
  let leastLevel: WorkerLogLine.Level

  /// Works until a signal comes; histories under way are finished, and what is left of their batch goes to other workers.
  func run(in console: Console) async throws -> ExitStatus {
    let connection = try await server.connect()
    let lines = AsyncStream.makeStream(of: WorkerLogLine.self)
    let runner = worker.worker(
      on: connection, namespace: server.namespace, identity: identity ?? ShadowWorker.processIdentity
    ) { lines.continuation.yield($0) }
    let work = Task {
      defer { lines.continuation.finish() }
      try await runner.run()
    }
    let signals = StopSignals { work.cancel() }
    defer { signals.ignore() }
    do {
      try console.output.write(
        "shadow worker polls \(worker.taskQueue) at \(connection.address), app \(worker.digest)\n")
    } catch {
      work.cancel()
      throw error
    }
    for await line in lines.stream where line.level >= leastLevel { console.complain(WorkerLogFormat.text(of: line)) }
    // The lines end early when the calling task is cancelled.
    work.cancel()
    let result = await work.result
    await connection.close()
    do {
      try result.get()
    } catch is CancellationError {
      // Stopped before it polled.
    }
    return .success
  }
}
#endif
