private import Dispatch
private import Foundation
package import HindcastCore
private import Synchronization

/// Threads that run workflow code, each with runs of its own.
///
/// Workflow code may use a processor for as long as its budget lets it, which the threads that `async` functions share must
/// not be held up by; and a run stays on the thread that made it.
package final class WorkflowThreads: Sendable {
  /// What a thread does with its runs; `nil`: the threads are closed.
  private typealias Work = @Sendable (RunCache?) -> Void

  private struct Desks {
    var board: ThreadBoard<Work>
    /// Where each thread waits.
    var bells: [DispatchSemaphore] = []
    var isWatched = false
    var isClosed = false
  }

  /// Shared with the threads, which must not keep the owner alive.
  private final class State: Sendable {
    let code: any WorkflowCode
    let options: RuntimeOptions
    let keepsRuns: Bool
    let patience: Duration
    let watch = Stopwatch(ContinuousClock())
    let desks: Mutex<Desks>

    init(
      _ board: ThreadBoard<Work>, code: any WorkflowCode, options: RuntimeOptions, keepsRuns: Bool, patience: Duration
    ) {
      desks = Mutex(Desks(board: board))
      self.code = code
      self.options = options
      self.keepsRuns = keepsRuns
      self.patience = patience
    }
  }

  private let state: State

  /// Starts the threads. Their runtimes are made when they are needed.
  ///
  /// - Parameters:
  ///   - count: How many threads there are at first.
  ///   - most: How many there may be when some are stuck in code that does not come back.
  ///   - cachedRuns: How many runs are kept between their tasks, on all threads together.
  ///   - patience: How long a thread may take for one thing before others take over what waits for it.
  package init(
    count: Int, most: Int? = nil, code: any WorkflowCode, options: RuntimeOptions, cachedRuns: Int,
    patience: Duration = .seconds(1)
  ) {
    let board = ThreadBoard<Work>(
      seats: count, mostSeats: most ?? count, mostRuns: cachedRuns, patience: patience)
    state = State(board, code: code, options: options, keepsRuns: cachedRuns > 0, patience: patience)
    state.desks.withLock { Self.startThreads(&$0, state) }
  }

  deinit { close() }

  /// How many runs are kept or under way.
  var runCount: Int { state.desks.withLock { $0.board.runCount } }

  // MARK: Work

  /// Runs `body` on the thread that has a run, or is to have it.
  ///
  /// - Parameter isMovable: Whether another thread may do it when the run's own does not come to it: then it finds a cache
  ///   that does not have the run.
  /// - Throws: `CancellationError` when the threads were closed.
  package func run<Value: Sendable>(
    _ runID: String, isMovable: Bool = false, _ body: @escaping @Sendable (RunCache) -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let work: Work = { cache in
        if let cache {
          continuation.resume(returning: body(cache))
        } else {
          continuation.resume(throwing: CancellationError())
        }
      }
      let isAccepted = state.desks.withLock { desks in
        if desks.isClosed { return false }
        let seat = desks.board.add(
          .init(runID: runID, isMovable: isMovable, work: work), at: state.watch.elapsed)
        Self.startThreads(&desks, state)
        desks.bells[seat].signal()
        Self.watch(&desks, state)
        return true
      }
      if !isAccepted { work(nil) }
    }
  }

  /// Ends the threads once the work that they were given is done.
  package func close() {
    state.desks.withLock { desks in
      desks.isClosed = true
      for bell in desks.bells { bell.signal() }
    }
  }

  // MARK: Threads

  private static func startThreads(_ desks: inout Desks, _ state: State) {
    while desks.bells.count < desks.board.seatCount {
      let seat = desks.bells.count
      let bell = DispatchSemaphore(value: 0)
      desks.bells.append(bell)
      let thread = Thread {
        let cache = RunCache(state.code, options: state.options, keepsRuns: state.keepsRuns)
        while serve(seat, cache, state) { bell.wait() }
      }
      thread.name = "workflows \(seat + 1)"
      thread.start()
    }
  }

  /// Does what there is to do.
  ///
  /// - Returns: `false` when there will be no more.
  private static func serve(_ seat: Int, _ cache: RunCache, _ state: State) -> Bool {
    while true {
      let (next, isClosed) = state.desks.withLock {
        ($0.board.take(for: seat, at: state.watch.elapsed), $0.isClosed)
      }
      switch next {
      case nil: return !isClosed
      case .evict(let runID): cache.evict(runID)
      case .job(let job):
        job.work(cache)
        let (isThere, isOpen) = (cache.contains(job.runID), cache.isOpen(job.runID))
        state.desks.withLock { desks in
          for woken in desks.board.done(job.runID, on: seat, isThere: isThere, isOpen: isOpen) {
            desks.bells[woken].signal()
          }
        }
      }
    }
  }

  /// Sees to it that somebody looks after what waits behind stuck threads.
  private static func watch(_ desks: inout Desks, _ state: State) {
    guard !desks.isWatched, desks.board.hasWaiting else { return }
    desks.isWatched = true
    Task.detached {
      repeat {
        await state.watch.sleep(for: state.patience)
      } while rescue(state)
    }
  }

  /// - Returns: Whether something still waits.
  private static func rescue(_ state: State) -> Bool {
    state.desks.withLock { desks in
      let woken = desks.board.rescue(at: state.watch.elapsed)
      startThreads(&desks, state)
      for seat in woken { desks.bells[seat].signal() }
      desks.isWatched = desks.board.hasWaiting && !desks.isClosed
      return desks.isWatched
    }
  }
}
