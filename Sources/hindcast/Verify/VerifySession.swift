#if GRPC
import HindcastGateway
import HindcastReplay
import HindcastReport
import HindcastVerify

/// One call of `hindcast verify` under way: the server, its front, and the verdicts as they come.
struct VerifySession {
  let corpus: Corpus
  let options: VerificationOptions
  let front: GRPCFrontOptions

  /// Verifies until every history has its verdict, no worker comes, or a signal does.
  func run(_ session: ReplaySession, in console: Console) async throws -> ExitStatus {
    let server = VerificationServer(options)
    let front = GRPCFront(front) { call in
      try await server.call(
        service: call.service, method: call.method, encoded: call.request, timeout: call.timeout,
        clientName: call.clientName)
    }
    let serving = Task { try await front.serve() }
    let address: ServerAddress
    do {
      address = try await front.address
    } catch {
      serving.cancel()
      // What kept it from listening says more than that it does not listen.
      try await serving.value
      throw error
    }
    console.complain(
      "hindcast verify waits at \(address) for a worker of task queue '\(options.taskQueue)', namespace '\(options.namespace)'"
    )
    let signals = StopSignals { Task { await server.close() } }
    let result: Result<ExitStatus, any Error>
    do {
      result = .success(try await verify(on: server, session))
    } catch {
      result = .failure(error)
    }
    signals.ignore()
    front.stop()
    await server.close()
    // Workers that do not read their last answers hold up nobody.
    let deadline = Task {
      try await Task.sleep(for: Self.patience)
      serving.cancel()
    }
    _ = await serving.result
    deadline.cancel()
    return try result.get()
  }

  private func verify(on server: VerificationServer, _ session: ReplaySession) async throws -> ExitStatus {
    var session = session
    let start = ContinuousClock.now
    do {
      try await Verifier(server: server).run(corpus) { try session.take($0) }
    } catch let error as VerificationError {
      try session.fail("error: \(error)")
    } catch is CancellationError {
      try session.fail("error: stopped before every history had its verdict")
    }
    try session.finish(after: ContinuousClock.now - start)
    return session.status { "no history found" }
  }

  /// How long workers have at the end to read the answers to their polls.
  private static let patience = Duration.seconds(2)
}
#endif
