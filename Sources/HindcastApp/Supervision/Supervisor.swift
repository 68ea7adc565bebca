private import HindcastRegistry
package import HindcastWorker

/// Runs the services of an app: starts each when those that it needs run, starts it again when it fails, and stops all in the
/// reverse order.
package struct Supervisor<C: Clock>: Sendable where C.Duration == Duration {
  private let services: [SupervisedService]
  private let clock: C
  private let random: @Sendable () -> Double
  private let log: WorkerLog

  /// - Parameters:
  ///   - services: Each after those that it needs; see `Registry.startOrder(of:)`.
  ///   - random: A number from 0 up to 1, for jitter.
  ///   - log: Where changes of services go.
  package init(
    _ services: [SupervisedService], clock: C, random: @escaping @Sendable () -> Double, log: @escaping WorkerLog
  ) {
    self.services = services
    self.clock = clock
    self.random = random
    self.log = log
  }

  /// Runs until the calling task is cancelled, or a service that the app cannot do without has failed for good; returns when
  /// all services have stopped.
  ///
  /// - Parameter main: What the services run for: it is run once all of them run, and when it ends they stop. It is cancelled
  ///   when they stop before.
  /// - Throws: ``ServiceFailure``.
  package func run(while main: (@Sendable () async -> Void)? = nil) async throws {
    let events = AsyncStream.makeStream(of: SupervisionMachine.Event.self)
    events.continuation.yield(.begin)
    // Services stop in an order of their own, so the cancellation must not reach them by itself.
    let loop = Task { try await handle(events.stream, events.continuation, main) }
    try await withTaskCancellationHandler {
      try await loop.value
    } onCancel: {
      events.continuation.yield(.stop)
    }
  }

  private func handle(
    _ events: AsyncStream<SupervisionMachine.Event>, _ post: AsyncStream<SupervisionMachine.Event>.Continuation,
    _ main: (@Sendable () async -> Void)?
  ) async throws {
    var machine = SupervisionMachine(services, random: random)
    let table = Dictionary(services.map { ($0.id, $0) }) { first, _ in first }
    var tasks: [EntryID: Task<Void, Never>] = [:]
    var timers: [EntryID: Task<Void, Never>] = [:]
    var mainTask: Task<Void, Never>?
    defer {
      for timer in timers.values { timer.cancel() }
      mainTask?.cancel()
    }
    let begin = clock.now
    for await event in events {
      if case .stop = event { mainTask?.cancel() }
      for effect in machine.handle(event, at: begin.duration(to: clock.now)) {
        switch effect {
        case .start(let id, let attempt):
          if let service = table[id] { tasks[id] = Task { await Self.run(service, attempt, post) } }
        case .cancel(let id): tasks[id]?.cancel()
        case .wait(let id, let attempt, let duration):
          timers[id]?.cancel()
          timers[id] = Task { [clock] in
            guard (try? await clock.sleep(for: duration)) != nil else { return }
            post.yield(.timeIsUp(id, attempt: attempt))
          }
        case .stopWaiting(let id): timers.removeValue(forKey: id)?.cancel()
        case .log(let line): log(line)
        case .allRun:
          guard let main else { break }
          mainTask = Task {
            await main()
            post.yield(.stop)
          }
        case .finish(let error):
          if let error { throw error }
          return
        }
      }
    }
  }

  private static func run(
    _ service: SupervisedService, _ attempt: Int, _ post: AsyncStream<SupervisionMachine.Event>.Continuation
  ) async {
    do {
      let body = try await service.start()
      post.yield(.started(service.id, attempt: attempt))
      try await body()
      post.yield(.ended(service.id, attempt: attempt, nil))
    } catch {
      post.yield(.ended(service.id, attempt: attempt, error))
    }
  }
}
