internal import HindcastCore

/// The results of a call to `Replayer.results(of:)`, in the order of the sources; each `next()` waits for its result.
///
/// Dropping the value ends the work.
public final class ReplayResults: Sequence, IteratorProtocol {
  private let pool: ReplayPool
  private let isStrict: Bool
  private var suites = SuiteCache()
  private var ready: [ReplayResult] = []
  private var nextReady = 0
  private var isStarted = false
  private let jobs: Int

  init(
    _ sources: sending some Sequence<HistorySource>, provider: any WorkflowCodeProvider, options: ReplayOptions
  ) {
    jobs = Swift.max(1, options.jobs)
    isStrict = options.isStrict
    // Room for each thread to go ahead while the one whose turn it is takes its time.
    let board = WorkBoard(sources.makeIterator(), lookAhead: jobs * 8, timeout: options.timeout)
    pool = ReplayPool(board, provider: provider, options: options)
  }

  deinit { pool.stop() }

  /// Whether a replay had to be given up, so that its thread may be running still.
  public private(set) var hasGivenUp = false

  /// The next result, or nil when every source was looked at.
  public func next() -> ReplayResult? {
    if !isStarted {
      isStarted = true
      pool.start(threads: jobs)
    }
    while true {
      if nextReady < ready.count {
        defer { nextReady += 1 }
        return ready[nextReady]
      }
      switch pool.collect() {
      case .results(let results):
        ready = results.flatMap { suites.settle($0, isStrict: isStrict) }
        nextReady = 0
      case .missingWorkers(let count):
        hasGivenUp = true
        pool.start(threads: count)
      case .end:
        return nil
      }
    }
  }
}
