#if GRPC
import HindcastRegistry
import HindcastWorker

extension WorkerCommand {
  /// Works for shadows, with the app's code.
  func runShadow(of app: Registry, in console: Console) async throws -> ExitStatus {
    let session = ShadowWorkerSession(
      server: try ServerChoice(of: app, client: client, address: address, namespace: nil),
      worker: ShadowWorker(registry: app, taskQueue: taskQueue, jobs: nil), identity: identity,
      leastLevel: verbose ? .debug : .info)
    return try await session.run(in: console)
  }
}
#endif
